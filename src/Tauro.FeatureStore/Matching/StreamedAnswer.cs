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

    /// <summary>Rows of more bytes are looked through at once, however few they are.</summary>
    private const long MaxWindowBytes = 1 << 28;

    private readonly AsOfRead _read;
    private readonly SpineEntities _spine;
    private readonly IReadOnlyList<IArrowArray> _spineKeys;
    private readonly AsOfMatcher _matcher;
    private readonly KeptRows _kept;
    private readonly TwinFinder _twins;
    private readonly EntityRanges _ranges;
    private readonly List<RecordBatch> _window = [];
    private readonly int _rows;
    private int _windowRows;
    private long _windowBytes;
    private HeldRows? _answers;
    private RowPlace[] _places = [];
    private long?[]? _eventTimes;

    /// <param name="read">The read.</param>
    /// <param name="spine">The spine.</param>
    /// <param name="maxColumnBytes">What a column of a chunk of answers may hold.</param>
    public StreamedAnswer(AsOfRead read, SpineRows spine, long maxColumnBytes = HeldRows.MaxColumnBytes)
    {
        (_read, _rows) = (read, spine.Count);
        (_spine, _spineKeys) = (spine.EntitiesOf(read.Keys), spine.ColumnsOf(read.Keys));
        Columns = new StreamedColumns(read);
        _ranges = EntityRanges.Divide(_spine.Count, _spine.SlotCount);
        _matcher = new AsOfMatcher(_spine, read, mixesCommits: false);
        _kept = new KeptRows(_matcher.Found, Columns.Outputs, maxColumnBytes);
        _twins = new TwinFinder(_ranges, Columns.HasTwoTimes);
    }

    /// <summary>The rows of the spine by entity.</summary>
    public SpineEntities Spine => _spine;

    /// <summary>The columns that rows must have. A row without an event time is not given; a missing created time is <see cref="Missing"/>.</summary>
    public StreamedColumns Columns { get; }

    /// <summary>Takes over the next rows.</summary>
    public void Add(RecordBatch rows)
    {
        _window.Add(rows);
        _windowRows += rows.Length;
        _windowBytes += ArrowMemory.SizeOf(rows);
        if (_windowRows >= _kept.Window || _windowBytes >= MaxWindowBytes) Match();
    }

    /// <summary>The keys and times of two rows that nothing tells apart, as a message shows them; null where there are none.</summary>
    public string? FindTwins()
    {
        Match();
        if (_twins.Find() is not { } twin) return null;
        var row = _spine.Rows[_spine.Starts[twin.Entity]];
        var keys = _read.Keys.Select((key, i) => Shown(key.SourceColumn.Name, ArrowArrayFactory.SliceShared(_spineKeys[i], row, 1), key.Type));
        return string.Join(", ", [.. keys, .. ShownTimes(twin)]);
    }

    /// <summary>The bytes of a row in the largest column, for batches of a size that can be held.</summary>
    public long AverageRowBytes => _answers!.AverageRowBytes;

    /// <summary>Finds the answers, once all rows are in.</summary>
    public void Complete()
    {
        Match();
        _answers = _kept.Complete();
        var answers = _matcher.Complete();
        _places = new RowPlace[_rows];
        _places.AsSpan().Fill(RowPlace.None);
        _eventTimes = _read.EventTimeOutput is null && _read.MatchOutput is null ? null : new long?[_rows];
        var rows = _spine.Rows;
        for (var slot = 0; slot < rows.Length; slot++)
        {
            if (answers.Places[slot].IsNone) continue;
            _places[rows[slot]] = answers.Places[slot];
            _eventTimes?[rows[slot]] = answers.EventTimes[slot];
        }
    }

    /// <summary>The columns of the read for some rows of the spine.</summary>
    public IEnumerable<IArrowArray> Read(int start, int length)
    {
        var columns = _answers!.Take(_places.AsSpan(start, length));
        return _eventTimes is null ? columns : [.. columns, .. MatchColumns.Of(_read, _eventTimes[start..(start + length)])];
    }

    public void Dispose()
    {
        foreach (var rows in _window) rows.Dispose();
        _kept.Dispose();
        _answers?.Dispose();
    }

    /// <summary>Looks for the answers among the rows that came since the last look.</summary>
    private void Match()
    {
        if (_windowRows == 0) return;
        var (rows, places) = EntityRows.Arrange(_window, Columns, _spine, _ranges);
        _twins.Add(rows);
        var chunk = _kept.Next;
        WorkerPool.ForRanges(_ranges.Count, rows.Count, (from, end) =>
        {
            for (var range = from; range < end; range++)
            {
                var own = rows.Counting(range);
                var first = rows.First[own];
                var second = Columns.HasTwoTimes ? rows.Second[own] : [];
                var times = new RowTimes { EventTimes = Columns.HasEventTime ? first : [], CreatedTimes = Columns.HasEventTime ? second : first, CreatedTime = Missing };
                _matcher.AddAlone(new RowPlace(chunk, own.Start.Value), rows.Entities[own], times);
            }
        });
        _kept.Add(_window.Select(Columns.OutputsOf), places);
        _window.Clear();
        (_windowRows, _windowBytes) = (0, 0);
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
