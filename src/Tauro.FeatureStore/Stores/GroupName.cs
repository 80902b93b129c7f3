using System.Globalization;

namespace Tauro.FeatureStore;

/// <summary>A group as a request or a write names it: <c>group</c> or <c>group@version</c>.</summary>
internal static class GroupName
{
    public static (string Name, int? Version) Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 0) return (Identifier.CheckGroup(text), null);
        return int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0
            ? (Identifier.CheckGroup(text[..at]), version)
            : throw new SchemaValidationException($"'{text}' names no feature group. Write group or group@version.");
    }
}
