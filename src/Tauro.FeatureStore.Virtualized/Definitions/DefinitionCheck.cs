using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore.Virtualized;

/// <summary>Compares a definition, and the columns that its query returns, with the schema of its group.</summary>
internal sealed class DefinitionCheck
{
    private readonly FeatureGroupSchema _group;
    private readonly VirtualFeatureDefinition _definition;
    private readonly Dictionary<string, IArrowType> _columns = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _faults = [];

    private DefinitionCheck(FeatureGroupSchema group, VirtualFeatureDefinition definition, Schema columns)
    {
        (_group, _definition) = (group, definition);
        foreach (var field in columns.FieldsList)
            if (!_columns.TryAdd(field.Name, field.DataType))
                _faults.Add($"the query returns the column '{field.Name}' twice; give one of them another name");
    }

    /// <summary>The definition with its time columns named.</summary>
    /// <exception cref="SchemaValidationException">It does not fit the group; the message lists every fault and what to do.</exception>
    public static VirtualFeatureDefinition Run(FeatureGroupSchema group, VirtualFeatureDefinition definition, Schema columns)
    {
        var check = new DefinitionCheck(group, definition, columns);
        var checkedDefinition = check.Run();
        return check._faults.Count == 0
            ? checkedDefinition
            : throw new SchemaValidationException($"The definition of '{group.QualifiedName}' ({string.Join(", ", definition.Features)}) does not fit: {string.Join("; ", check._faults)}.")
            {
                FeatureGroup = group.Name,
            };
    }

    private VirtualFeatureDefinition Run()
    {
        foreach (var name in _definition.Parameters.Keys)
            if (!_definition.UsedParameters.Contains(name, StringComparer.OrdinalIgnoreCase)) _faults.Add($"the parameter '{name}' has a value, and the query does not use ${name}");
        foreach (var key in _group.EntityKeys) CheckKey(key);
        foreach (var feature in _definition.Features) CheckFeature(feature);
        var timestamp = TimeColumn(_definition.TimestampColumn, _group.TimestampKey, _group.TimestampType, "TimestampColumn");
        var created = TimeColumn(_definition.CreatedColumn, _group.CreatedTimestampKey, DataType.Timestamp, "CreatedColumn");
        CheckTimes(timestamp);
        return _definition with { TimestampColumn = timestamp, CreatedColumn = created };
    }

    private void CheckKey(EntityKey key)
    {
        if (!_columns.TryGetValue(key.Name, out var type))
            _faults.Add($"the query does not return the entity key '{key.Name}', and returns {string.Join(", ", _columns.Keys)}");
        else if (key.DataType is { } declared && !QueryTypes.CanRead(type, declared))
            _faults.Add($"the entity key '{key.Name}' is {declared}, and the query returns {QueryTypes.NameOf(type)}; CAST it in the query");
        else if (key.DataType is null && (ArrowTypes.FromArrow(type) is not { } found || !found.CanBeKey))
            _faults.Add($"the query returns the entity key '{key.Name}' as {QueryTypes.NameOf(type)}, which no key can be; CAST it to INT, BIGINT, STRING, BOOLEAN, DATE, TIMESTAMP or DECIMAL");
    }

    private void CheckFeature(string name)
    {
        var returned = _columns.TryGetValue(name, out var type);
        if (!returned) _faults.Add($"the query does not return the feature '{name}', and returns {string.Join(", ", _columns.Keys)}; name the column with AS {name}");
        if (_group.FindFeature(name) is not { } feature)
            _faults.Add($"the group has no feature '{name}'; add to its schema: new FeatureSchema(\"{name}\", {(returned ? Code(type!) : "DataType.Double")})");
        else if (returned && !QueryTypes.CanRead(type!, feature.DataType))
            _faults.Add($"the feature '{name}' is {feature.DataType}, and the query returns {QueryTypes.NameOf(type!)}; CAST it in the query, or declare it as {Code(type!)}");
    }

    private string? TimeColumn(string? named, string? ofGroup, DataType wanted, string property)
    {
        var column = named ?? (ofGroup is not null && _columns.ContainsKey(ofGroup) ? ofGroup : null);
        if (column is null) return null;
        if (!_columns.TryGetValue(column, out var type)) _faults.Add($"the query does not return its {property} '{column}', and returns {string.Join(", ", _columns.Keys)}");
        else if (!QueryTypes.CanRead(type, wanted)) _faults.Add($"its {property} '{column}' is {QueryTypes.NameOf(type)}, and {wanted} is wanted; CAST it in the query");
        return column;
    }

    private void CheckTimes(string? timestamp)
    {
        if (timestamp is not null && (_group.IsStatic || _definition.IsStatic))
            _faults.Add($"it is static, and has the event time '{timestamp}'; it can be only one of them");
        if (timestamp is not null || _group.IsStatic) return;
        if (_group.Lookback is not null) _faults.Add($"the group has a Lookback, which needs the event time; return the column '{_group.TimestampKey}'");
        if (_group.AvailabilityDelay > TimeSpan.Zero) _faults.Add($"the group has an AvailabilityDelay, which needs the event time; return the column '{_group.TimestampKey}'");
    }

    /// <summary>A type as C# writes it; that of a wide sum is the one that holds what sums usually are.</summary>
    private static string Code(IArrowType type) => (ArrowTypes.FromArrow(type), type) switch
    {
        ({ Kind: DataTypeKind.Decimal } exact, _) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"DataType.Decimal({exact.Precision}, {exact.Scale})"),
        ({ Kind: DataTypeKind.Array or DataTypeKind.Map or DataTypeKind.Struct } nested, _) => $"DataType.Parse(\"{nested}\")",
        ({ } known, _) => $"DataType.{known.Kind}",
        (null, Decimal128Type { Scale: 0 }) => "DataType.BigInt",
        (null, Decimal128Type wide) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"DataType.Decimal(28, {Math.Min(wide.Scale, 28)})"),
        _ => "DataType.String",
    };
}
