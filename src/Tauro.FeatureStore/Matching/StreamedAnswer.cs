using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>
/// The answer of a read whose rows come by once, in any order, and have no write sequence. The spine is what is held and searched; of the rows only those that
/// answer are kept. Two rows of an entity of the spine with the same times are found, whether or not they answer.
/// </summary>
internal sealed class StreamedAnswer : IDisposable
{
    /// <summary>Stands for a created time that a row does not have.</summary>
    public const long Missing = long.MinValue;

    private const string EventTime = "__event";
    private const string CreatedTime = "__created";
    private const string NotNull = "__not_null";

    private readonly AsOfRead _read;
    private readonly SpineEntities _spine;
    private readonly IReadOnlyList<IArrowArray> _spineKeys;
    private readonly AsOfMatcher _matcher;
    private readonly KeptRows _kept;
    private readonly TwinFinder _twins;
    private readonly Schema _outputs;
    private readonly int _rows;
    private int[] _found = [];
    private RecordBatch? _answers;
    private int[] _places = [];
    private long?[]? _eventTimes;

    public StreamedAnswer(AsOfRead read, SpineRows spine)
    {
        (_read, _rows) = (read, spine.Count);
        (_spine, _spineKeys) = (spine.EntitiesOf(read.Keys), spine.ColumnsOf(read.Keys));
        Columns = [.. ColumnsOf(read)];
        Schema = new Schema([.. Columns.Select(column => ArrowTypes.ToField(column.Name, column.Type))], null);
        _outputs = new Schema([.. Schema.FieldsList.TakeLast(read.Outputs.Count)], null);
        _matcher = new AsOfMatcher(_spine, read, mixesCommits: false);
        _kept = new KeptRows(_matcher.Found, _outputs);
        _twins = new TwinFinder(read.Rows is { EventTime: not null, CreatedTime: not null });
    }

    /// <summary>The rows of the spine by entity.</summary>
    public SpineEntities Spine => _spine;

    /// <summary>
    /// The columns that rows must have: the keys in the types in which they are compared, the event time and the created time in microseconds as far as the source has
    /// them, the column that must not be null, and the outputs. A row without an event time is not given; a missing created time is <see cref="Missing"/>.
    /// </summary>
    public IReadOnlyList<PlanColumn> Columns { get; }

    /// <summary>The same as Arrow fields.</summary>
    public Schema Schema { get; }

    /// <summary>Takes over the next rows.</summary>
    public void Add(RecordBatch rows)
    {
        if (_found.Length < rows.Length) _found = new int[rows.Length];
        var entities = _found.AsSpan(0, rows.Length);
        _spine.Find(KeysOf(rows), entities);
        if (!entities.ContainsAnyExcept(EntityIndex.None))
        {
            rows.Dispose();
            return;
        }

        var at = _read.Keys.Count;
        var eventTimes = _read.Rows.EventTime is null ? [] : ArrowMemory.Values<long>(rows.Column(at++));
        var createdTimes = _read.Rows.CreatedTime is null ? [] : ArrowMemory.Values<long>(rows.Column(at++));
        var notNull = _read.NotNull is null ? null : rows.Column(at);
        if (eventTimes.IsEmpty) _twins.Add(entities, createdTimes, []);
        else _twins.Add(entities, eventTimes, createdTimes);
        _matcher.Add(_kept.Next, entities, new RowTimes { EventTimes = eventTimes, CreatedTimes = createdTimes, CreatedTime = Missing }, notNull);
        _kept.Add(OutputsOf(rows));
    }

    /// <summary>The keys and times of two rows that nothing tells apart, as a message shows them; null where there are none.</summary>
    public string? FindTwins()
    {
        if (_twins.Find(_spine.Count) is not { } twin) return null;
        var row = _spine.Rows[_spine.Starts[twin.Entity]];
        var keys = _read.Keys.Select((key, i) => Shown(key.SourceColumn.Name, ArrowArrayFactory.SliceShared(_spineKeys[i], row, 1), key.Type));
        return string.Join(", ", [.. keys, .. ShownTimes(twin)]);
    }

    /// <summary>Finds the answers, once all rows are in.</summary>
    public void Complete()
    {
        _answers = _kept.Complete();
        var answers = _matcher.Complete();
        _places = new int[_rows];
        _places.AsSpan().Fill(ArrowTake.Null);
        _eventTimes = _read.EventTimeOutput is null && _read.MatchOutput is null ? null : new long?[_rows];
        var rows = _spine.Rows;
        for (var slot = 0; slot < rows.Length; slot++)
        {
            if (answers.Places[slot].IsNone) continue;
            _places[rows[slot]] = answers.Places[slot].Row;
            _eventTimes?[rows[slot]] = answers.EventTimes[slot];
        }
    }

    /// <summary>The columns of the read for some rows of the spine.</summary>
    public IEnumerable<IArrowArray> Read(int start, int length)
    {
        var columns = new IArrowArray[_outputs.FieldsList.Count];
        WorkerPool.ForRanges(columns.Length, (long)columns.Length * length, (from, end) =>
        {
            for (var column = from; column < end; column++) columns[column] = ArrowTake.Take(_answers!.Column(column), _places.AsSpan(start, length));
        });
        return _eventTimes is null ? columns : [.. columns, .. MatchColumns.Of(_read, _eventTimes[start..(start + length)])];
    }

    public void Dispose() => _kept.Dispose();

    private static IEnumerable<PlanColumn> ColumnsOf(AsOfRead read)
    {
        for (var i = 0; i < read.Keys.Count; i++) yield return new PlanColumn(string.Create(CultureInfo.InvariantCulture, $"__key{i}"), read.Keys[i].Type);
        if (read.Rows.EventTime is not null) yield return new PlanColumn(EventTime, DataType.BigInt);
        if (read.Rows.CreatedTime is not null) yield return new PlanColumn(CreatedTime, DataType.BigInt);
        if (read.NotNull is { } notNull) yield return notNull with { Name = NotNull };
        foreach (var output in read.Outputs) yield return output.Column with { Name = output.Name };
    }

    private KeyColumns? KeysOf(RecordBatch rows) => _read.Keys.Count == 0
        ? null
        : KeyColumns.Of([.. Enumerable.Range(0, _read.Keys.Count).Select(rows.Column)], [.. _read.Keys.Select(key => key.Type)]);

    /// <summary>The outputs alone, in place of the rows.</summary>
    private RecordBatch OutputsOf(RecordBatch rows)
    {
        var others = rows.ColumnCount - _read.Outputs.Count;
        for (var column = 0; column < others; column++) rows.Column(column).Dispose();
        return new RecordBatch(_outputs, rows.Arrays.Skip(others), rows.Length);
    }

    private IEnumerable<string> ShownTimes(TwinFinder.Twin twin)
    {
        var times = new[] { twin.First, twin.Second };
        var at = 0;
        foreach (var column in (PlanColumn?[])[_read.Rows.EventTime, _read.Rows.CreatedTime])
            if (column is not null) yield return Shown(column.Name, Time(times[at++]), DataType.Timestamp);
    }

    private static IArrowArray Time(long microseconds) => microseconds == Missing
        ? ArrowMemory.Nulls(ArrowTypes.ToArrow(DataType.Timestamp), 1)
        : ArrowMemory.Repeat(microseconds, ArrowTypes.ToArrow(DataType.Timestamp), 1);

    private static string Shown(string name, IArrowArray value, DataType type)
    {
        var table = FeatureTable.FromArrow(new Schema([ArrowTypes.ToField(name, type)], null), [new RecordBatch(new Schema([ArrowTypes.ToField(name, type)], null), [value], 1)]);
        using (table) return $"{name} = {FeatureTable.Display(table.GetColumn<object?>(name)[0])}";
    }
}
