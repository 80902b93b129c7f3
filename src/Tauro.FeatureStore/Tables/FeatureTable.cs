using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>
/// A table of columns over Apache Arrow: what is written to a group, what a request's entities or spine are, and what it returns. It is read-only and may be
/// read by many threads at once.
/// </summary>
/// <remarks>
/// A table owns its batches: disposing it frees their memory, and batches or columns taken from it must not be used after that. It is chunked, so that no
/// column is limited by the size of one Arrow array.
/// </remarks>
public sealed partial class FeatureTable : IDisposable
{
    private readonly IReadOnlyList<RecordBatch> _batches;
    private readonly Dictionary<string, int> _positions;

    private FeatureTable(Schema schema, IReadOnlyList<RecordBatch> batches)
    {
        Schema = schema;
        _batches = batches;
        ColumnNames = [.. schema.FieldsList.Select(field => field.Name)];
        _positions = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < ColumnNames.Count; i++)
            if (!_positions.TryAdd(ColumnNames[i], i))
                throw new SchemaValidationException($"The table has the column '{ColumnNames[i]}' twice; names are unique without regard to case.") { Column = ColumnNames[i] };
        foreach (var batch in batches) RowCount += batch.Length;
    }

    /// <summary>The table's columns as Arrow fields.</summary>
    public Schema Schema { get; }

    /// <summary>How the table was found, where it is the answer of a store; otherwise null.</summary>
    public ReadDiagnostics? Diagnostics { get; internal set; }

    /// <summary>The number of rows.</summary>
    public long RowCount { get; }

    /// <summary>The number of columns.</summary>
    public int ColumnCount => ColumnNames.Count;

    /// <summary>The names of the columns, in order.</summary>
    public IReadOnlyList<string> ColumnNames { get; }

    /// <summary>The rows as Arrow batches. They belong to the table.</summary>
    public IReadOnlyList<RecordBatch> Batches => _batches;

    /// <summary>Makes a table of Arrow batches, and takes them over: the table disposes them.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="batches">Batches with those columns.</param>
    /// <exception cref="SchemaValidationException">A batch has other columns, or a name stands twice.</exception>
    public static FeatureTable FromArrow(Schema schema, IEnumerable<RecordBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(batches);
        RecordBatch[] all = [.. batches];
        for (var i = 0; i < all.Length; i++)
            if (!SameColumns(schema, all[i].Schema))
                throw new SchemaValidationException($"Batch {i} of {all.Length} has other columns than the table: {Describe(all[i].Schema)} instead of {Describe(schema)}.");
        return new FeatureTable(schema, all);
    }

    /// <summary>Makes a table of one Arrow batch, and takes it over: the table disposes it.</summary>
    /// <param name="batch">The rows.</param>
    /// <exception cref="SchemaValidationException">A column's name stands twice.</exception>
    public static FeatureTable FromArrow(RecordBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return FromArrow(batch.Schema, [batch]);
    }

    /// <summary>Reads a stream of batches to its end.</summary>
    /// <param name="batches">The batches, which the table takes over.</param>
    /// <param name="schema">Their columns; null for those of the first batch.</param>
    /// <param name="cancellationToken">Stops the reading; what was read is disposed then.</param>
    internal static async Task<FeatureTable> ReadAsync(IAsyncEnumerable<RecordBatch> batches, Schema? schema, CancellationToken cancellationToken)
    {
        var read = new List<RecordBatch>();
        try
        {
            await foreach (var batch in batches.WithCancellation(cancellationToken).ConfigureAwait(false)) read.Add(batch);
            return FromArrow(schema ?? (read.Count == 0 ? new Schema([], null) : read[0].Schema), read);
        }
        catch
        {
            foreach (var batch in read) batch.Dispose();
            throw;
        }
    }

    /// <summary>Whether the table has a column of that name, without regard to case.</summary>
    /// <param name="name">The column's name.</param>
    public bool HasColumn(string name) => _positions.ContainsKey(name);

    /// <summary>The data type of a column.</summary>
    /// <param name="name">The column's name, without regard to case.</param>
    /// <exception cref="FeatureNotFoundException">There is no such column; the message lists those there are.</exception>
    /// <exception cref="SchemaValidationException">No data type holds the column's Arrow type.</exception>
    public DataType GetColumnType(string name)
    {
        var field = Schema.GetFieldByIndex(PositionOf(name));
        return ArrowTypes.FromArrow(field.DataType)
            ?? throw new SchemaValidationException($"The column '{field.Name}' is of the Arrow type {field.DataType.Name}, which no data type holds.") { Column = field.Name };
    }

    /// <summary>Frees the memory of the table's batches.</summary>
    public void Dispose()
    {
        foreach (var batch in _batches) batch.Dispose();
    }

    /// <summary>The place of a column among the table's columns.</summary>
    internal int PositionOf(string name) => _positions.TryGetValue(name, out var position)
        ? position
        : throw new FeatureNotFoundException($"The table has no column '{name}'. It has: {string.Join(", ", ColumnNames)}.") { Feature = name };

    /// <summary>The chunks of one column, one for each batch.</summary>
    internal IEnumerable<IArrowArray> Chunks(int position)
    {
        foreach (var batch in _batches) yield return batch.Column(position);
    }

    private static bool SameColumns(Schema expected, Schema actual)
    {
        if (expected.FieldsList.Count != actual.FieldsList.Count) return false;
        for (var i = 0; i < expected.FieldsList.Count; i++)
        {
            var (left, right) = (expected.GetFieldByIndex(i), actual.GetFieldByIndex(i));
            if (left.Name != right.Name || left.DataType.TypeId != right.DataType.TypeId || ArrowTypes.FromArrow(left.DataType) != ArrowTypes.FromArrow(right.DataType)) return false;
        }

        return true;
    }

    private static string Describe(Schema schema) => $"({string.Join(", ", schema.FieldsList.Select(field => $"{field.Name} {field.DataType.Name}"))})";
}
