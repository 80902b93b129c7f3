using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>The rules that a feature's metadata states: <c>min</c>, <c>max</c> and <c>allowed</c>. Null values break none.</summary>
internal sealed class MetadataRules
{
    private readonly FeatureSchema _feature;
    private readonly object? _min;
    private readonly object? _max;
    private readonly HashSet<object>? _allowed;

    private MetadataRules(FeatureSchema feature)
    {
        _feature = feature;
        feature.Metadata.TryGetValue("min", out _min);
        feature.Metadata.TryGetValue("max", out _max);
        if (feature.Metadata.TryGetValue("allowed", out var allowed) && allowed is IReadOnlyList<object?> list) _allowed = [.. list.OfType<object>()];
    }

    /// <summary>The least value that is allowed, in the plain types that metadata has; null for none.</summary>
    public object? Min => _min;

    /// <summary>The greatest value that is allowed; null for none.</summary>
    public object? Max => _max;

    /// <summary>The values that are allowed; null for all.</summary>
    public IReadOnlyCollection<object>? Allowed => _allowed;

    /// <summary>The least value as errors state it.</summary>
    public string MinRule => $"min = {Text(_min!)}";

    /// <summary>The greatest value as errors state it.</summary>
    public string MaxRule => $"max = {Text(_max!)}";

    /// <summary>The allowed values as errors state them.</summary>
    public string AllowedRule => $"allowed = [{string.Join(", ", _allowed!.Select(Text))}]";

    /// <summary>The rules of a feature, or null where it states none that its type can break.</summary>
    public static MetadataRules? Of(FeatureSchema feature)
    {
        var rules = new MetadataRules(feature);
        return feature.DataType.IsNested || (rules._min is null && rules._max is null && rules._allowed is null) ? null : rules;
    }

    /// <summary>The first value that breaks a rule, and the rule; null where none does.</summary>
    public (int Row, string Rule)? FirstBreach(IArrowArray values)
    {
        var read = Reader(values);
        for (var row = 0; row < values.Length; row++)
            if (read(row) is { } value && BrokenBy(value) is { } rule) return (row, rule);
        return null;
    }

    private string? BrokenBy(object value)
    {
        if (_min is not null && Compare(value, _min) < 0) return MinRule;
        if (_max is not null && Compare(value, _max) > 0) return MaxRule;
        return _allowed is null || _allowed.Contains(value) ? null : AllowedRule;
    }

    private static int Compare(object value, object bound) => (value, bound) switch
    {
        (decimal left, decimal right) => left.CompareTo(right),
        (decimal or double, decimal or double) => Convert.ToDouble(value, CultureInfo.InvariantCulture).CompareTo(Convert.ToDouble(bound, CultureInfo.InvariantCulture)),
        (string left, string right) => string.CompareOrdinal(left, right),
        _ => 0,
    };

    /// <summary>Reads values in the plain types that metadata has.</summary>
    private Func<int, object?> Reader(IArrowArray values)
    {
        var reader = ColumnReaders.Create<object?>(_feature.DataType);
        reader.Open(values);
        return row => reader.Read(row) is { } value ? FeatureMetadata.Normalize(_feature.Name, value) : null;
    }

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
