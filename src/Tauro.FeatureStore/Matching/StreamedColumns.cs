using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>
/// The columns of streamed rows that answer a read: the keys in the types in which they are compared, the event time and the created time in microseconds as far as the
/// source has them, the column that must not be null, and the outputs.
/// </summary>
internal sealed class StreamedColumns
{
    private const string EventTime = "__event";
    private const string CreatedTime = "__created";
    private const string NotNull = "__not_null";

    private readonly AsOfRead _read;
    private readonly int _others;

    public StreamedColumns(AsOfRead read)
    {
        _read = read;
        All = [.. ColumnsOf(read)];
        _others = All.Count - read.Outputs.Count;
        Schema = new Schema([.. All.Select(column => ArrowTypes.ToField(column.Name, column.Type))], null);
        Outputs = new Schema([.. Schema.FieldsList.Skip(_others)], null);
    }

    /// <summary>The columns in their order.</summary>
    public IReadOnlyList<PlanColumn> All { get; }

    /// <summary>The same as Arrow fields.</summary>
    public Schema Schema { get; }

    /// <summary>The outputs alone.</summary>
    public Schema Outputs { get; }

    /// <summary>Whether rows have an event time.</summary>
    public bool HasEventTime => _read.Rows.EventTime is not null;

    /// <summary>Whether rows have an event time and a created time.</summary>
    public bool HasTwoTimes => HasEventTime && _read.Rows.CreatedTime is not null;

    /// <summary>The keys of rows; null where there are none.</summary>
    public KeyColumns? KeysOf(RecordBatch rows) => _read.Keys.Count == 0
        ? null
        : KeyColumns.Of([.. Enumerable.Range(0, _read.Keys.Count).Select(rows.Column)], [.. _read.Keys.Select(key => key.Type)]);

    /// <summary>The event times of rows, or their created times where they have no other.</summary>
    public ReadOnlySpan<long> FirstTimesOf(RecordBatch rows) => ArrowMemory.Values<long>(rows.Column(_read.Keys.Count));

    /// <summary>The created times of rows that also have event times.</summary>
    public ReadOnlySpan<long> SecondTimesOf(RecordBatch rows) => HasTwoTimes ? ArrowMemory.Values<long>(rows.Column(_read.Keys.Count + 1)) : [];

    /// <summary>The column that must not be null for a row to count; null where none must.</summary>
    public IArrowArray? NotNullOf(RecordBatch rows) => _read.NotNull is null ? null : rows.Column(_others - 1);

    /// <summary>The outputs alone, in place of the rows.</summary>
    public RecordBatch OutputsOf(RecordBatch rows)
    {
        for (var column = 0; column < _others; column++) rows.Column(column).Dispose();
        return new RecordBatch(Outputs, rows.Arrays.Skip(_others), rows.Length);
    }

    private static IEnumerable<PlanColumn> ColumnsOf(AsOfRead read)
    {
        for (var i = 0; i < read.Keys.Count; i++) yield return new PlanColumn(string.Create(CultureInfo.InvariantCulture, $"__key{i}"), read.Keys[i].Type);
        if (read.Rows.EventTime is not null) yield return new PlanColumn(EventTime, DataType.BigInt);
        if (read.Rows.CreatedTime is not null) yield return new PlanColumn(CreatedTime, DataType.BigInt);
        if (read.NotNull is { } notNull) yield return notNull with { Name = NotNull };
        foreach (var output in read.Outputs) yield return output.Column with { Name = output.Name };
    }
}
