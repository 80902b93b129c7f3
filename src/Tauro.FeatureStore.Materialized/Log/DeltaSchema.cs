namespace Tauro.FeatureStore.Materialized;

/// <summary>The columns of a table, in order.</summary>
internal sealed record DeltaSchema
{
    private readonly Dictionary<string, DeltaColumn> _byName;

    public DeltaSchema(IEnumerable<DeltaColumn> columns)
    {
        Columns = ValueList.Of(columns);
        _byName = new Dictionary<string, DeltaColumn>(StringComparer.OrdinalIgnoreCase);
        foreach (var column in Columns)
        {
            Identifier.Check(column.Name, "column");
            if (!_byName.TryAdd(column.Name, column))
                throw new SchemaValidationException($"The table names its column '{column.Name}' twice; names are unique without regard to case.");
        }
    }

    public ValueList<DeltaColumn> Columns { get; }

    /// <summary>The column of that name, without regard to case, or null.</summary>
    public DeltaColumn? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>
    /// Whether files written under an older schema are right under this one: every older column is here with its type and no stricter, and what is
    /// new may be null.
    /// </summary>
    public bool Extends(DeltaSchema older) =>
        older.Columns.All(old => Find(old.Name) is { } column && column.Name == old.Name && column.Type == old.Type && (column.Nullable || !old.Nullable))
        && Columns.All(column => column.Nullable || older.Find(column.Name) is not null);

    public bool Equals(DeltaSchema? other) => other is not null && Columns.Equals(other.Columns);

    public override int GetHashCode() => Columns.GetHashCode();
}

/// <summary>One column of a table.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Type">The type of its values.</param>
/// <param name="Nullable">Whether a value may be null.</param>
internal sealed record DeltaColumn(string Name, DataType Type, bool Nullable);
