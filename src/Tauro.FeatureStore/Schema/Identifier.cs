using System.Globalization;

namespace Tauro.FeatureStore;

/// <summary>The one rule for names: nothing else can reach a path or SQL text.</summary>
internal static class Identifier
{
    public const int MaxLength = 128;
    public const string ReservedPrefix = "__";

    /// <summary>Checks a name and returns it.</summary>
    public static string Check(string? name, string what)
    {
        if (string.IsNullOrEmpty(name)) throw new SchemaValidationException($"The name of a {what} is missing.");
        if (name.Length > MaxLength)
            throw new SchemaValidationException(string.Create(CultureInfo.InvariantCulture,
                $"The {what} name '{name[..24]}...' has {name.Length} characters; a name has at most {MaxLength}."));
        if (!IsWellFormed(name))
            throw new SchemaValidationException(
                $"'{Printable(name)}' cannot be the name of a {what}: a name has ASCII letters, digits and underscores, and starts with a letter or an underscore.");
        if (name.StartsWith(ReservedPrefix, StringComparison.Ordinal))
            throw new SchemaValidationException($"'{name}' cannot be the name of a {what}: names that start with '{ReservedPrefix}' are reserved for the store.");
        return name;
    }

    /// <summary>Checks the name of a group, which also names a folder and so starts with a letter.</summary>
    public static string CheckGroup(string? name)
    {
        Check(name, "feature group");
        return char.IsAsciiLetter(name![0])
            ? name
            : throw new SchemaValidationException($"'{name}' cannot be the name of a feature group: a group's name starts with a letter.");
    }

    private static bool IsWellFormed(string name)
    {
        if (!char.IsAsciiLetter(name[0]) && name[0] != '_') return false;
        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c != '_') return false;
        return true;
    }

    private static string Printable(string name) => string.Concat(name.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}
