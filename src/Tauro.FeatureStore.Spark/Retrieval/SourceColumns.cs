namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The columns that a plan needs of a source, each once, whatever the case of its name.</summary>
internal sealed class SourceColumns
{
    private readonly List<PlanColumn> _columns = [];
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    public SourceColumns(SourceRows rows, IEnumerable<PlanColumn> columns)
    {
        foreach (var column in columns) Add(column);
        if (rows.EventTime is not null) Add(rows.EventTime);
        if (rows.CreatedTime is not null) Add(rows.CreatedTime);
    }

    public IReadOnlyList<PlanColumn> All => _columns;

    private void Add(PlanColumn column)
    {
        if (_names.Add(column.Name)) _columns.Add(column);
    }
}
