using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Tauro.FeatureStore;

/// <summary>
/// Brings a section of the configuration into options, property by property. A key is a property's name in any case, with or without underscores; a key that no property
/// has is refused. Errors name keys, never values: one may be a secret.
/// </summary>
internal static class ConfigurationBinding
{
    /// <summary>Binds the section of one part, where there is one.</summary>
    public static void Bind<TOptions>(TOptions options, IConfiguration? configuration, string name) where TOptions : class
    {
        var section = Section(configuration, name);
        if (section is not null) Bind(options, section.GetChildren(), section.Path);
    }

    /// <summary>Binds what stands beside the sections of the parts.</summary>
    public static void BindRoot(FeatureStoreOptions options, IConfiguration? configuration, IReadOnlyList<string> parts)
    {
        if (configuration is null) return;
        Bind(options, configuration.GetChildren().Where(child => !parts.Any(part => IsKey(child, part))), (configuration as IConfigurationSection)?.Path ?? "the configuration", parts);
        if (options.FeatureStorePath is null && Section(Section(configuration, "materialized"), "storage_path") is { Value: { } path })
            typeof(FeatureStoreOptions).GetProperty(nameof(FeatureStoreOptions.FeatureStorePath))!.SetValue(options, path);
    }

    /// <summary>Gives options the values of others.</summary>
    public static void Copy<TOptions>(TOptions from, TOptions to) where TOptions : class
    {
        foreach (var property in Properties(typeof(TOptions))) property.SetValue(to, property.GetValue(from));
    }

    private static void Bind<TOptions>(TOptions options, IEnumerable<IConfigurationSection> entries, string place, IReadOnlyList<string>? parts = null) where TOptions : class
    {
        var properties = Properties(typeof(TOptions)).ToArray();
        var seen = new Dictionary<PropertyInfo, string>();
        var failures = new List<string>();
        foreach (var entry in entries)
        {
            if (Find(properties, entry) is not var (property, inSeconds))
                failures.Add($"'{entry.Key}' in {place} is not known. Known are: {string.Join(", ", properties.Select(known => Snake(known.Name)).Concat(parts ?? []))}.");
            else if (!seen.TryAdd(property, entry.Key))
                failures.Add($"'{entry.Key}' in {place} says the same as '{seen[property]}'. Write one of them.");
            else if (Set(options, property, entry, inSeconds) is { } failure)
                failures.Add($"'{entry.Key}' in {place} {failure}");
        }

        if (failures.Count > 0) throw new OptionsValidationException(place, typeof(TOptions), failures);
    }

    private static (PropertyInfo Property, bool InSeconds)? Find(PropertyInfo[] properties, IConfigurationSection entry)
    {
        foreach (var property in properties)
        {
            if (IsKey(entry, property.Name)) return (property, false);
            if (ConfigurationValue.IsTime(property.PropertyType) && IsKey(entry, property.Name + "Seconds")) return (property, true);
        }

        return null;
    }

    private static string? Set(object options, PropertyInfo property, IConfigurationSection entry, bool inSeconds)
    {
        try
        {
            property.SetValue(options, ConfigurationValue.Read(entry, property.PropertyType, inSeconds));
            return null;
        }
        catch (FormatException malformed)
        {
            return $"is not {malformed.Message}.";
        }
        catch (TargetInvocationException refused) when (refused.InnerException is ArgumentException or FormatException or FeatureStoreException)
        {
            return $"is refused: {refused.InnerException.Message}";
        }
    }

    private static IConfigurationSection? Section(IConfiguration? configuration, string name) => configuration?.GetChildren().FirstOrDefault(child => IsKey(child, name));

    private static bool IsKey(IConfigurationSection entry, string name) => Plain(entry.Key).Equals(Plain(name), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string key) => key.Replace("_", "", StringComparison.Ordinal);

    private static string Snake(string name) => string.Concat(name.Select((letter, i) => i > 0 && char.IsUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));

    private static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite);
}
