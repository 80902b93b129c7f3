using Apache.Arrow;

namespace Tauro.FeatureStore.Specification;

/// <summary>The rows of one group as a table in memory, from which a definition reads them. Each row says when it was learned and which one it was.</summary>
internal sealed class Feed(FeatureGroupSchema group, IFeedEngine engine)
{
    private const string Learned = "learned";
    private const string Sequence = "sequence";

    private readonly List<RecordBatch> _batches = [];
    private Dictionary<string, DataType>? _keyTypes;
    private long _rows;
    private long _version = -1;
    private long _lastLearned = long.MinValue;

    private string Table => engine.NameOf($"{(group.Name.Length > 100 ? "long" : group.Name)}_{group.Version}");

    private string Created => group.CreatedTimestampKey ?? Learned;

    /// <summary>What reads the feed: of the rows that one write learned for one key and time, the last.</summary>
    public VirtualFeatureDefinition Definition
    {
        get
        {
            string[] apart = [.. group.EntityKeys.Select(key => key.Name), .. group.TimestampKey is { } time ? (string[])[time] : [], Created];
            var rows = $"SELECT *, row_number() OVER (PARTITION BY {string.Join(", ", apart.Select(engine.Identifier))} ORDER BY {Sequence} DESC) AS place FROM {Table}";
            return new VirtualFeatureDefinition(
                $"SELECT {string.Join(", ", Columns().Select(column => engine.Identifier(column.Name)).Append(Learned))} FROM ({rows}) AS ranked WHERE place = 1",
                [.. group.Features.Select(feature => feature.Name)]) { CreatedColumn = Created };
        }
    }

    /// <summary>The same rows under a changed schema: a feature that was added is null in them.</summary>
    public Feed For(FeatureGroupSchema changed)
    {
        var feed = new Feed(changed, engine) { _keyTypes = _keyTypes, _rows = _rows, _version = _version, _lastLearned = _lastLearned };
        var names = Schema().FieldsList.Select(field => field.Name).ToList();
        foreach (var batch in _batches)
            feed._batches.Add(new RecordBatch(
                feed.Schema(),
                feed.Schema().FieldsList.Select(field => names.IndexOf(field.Name) is >= 0 and var place ? batch.Column(place) : ArrowMemory.Nulls(field.DataType, batch.Length)),
                batch.Length));
        return feed;
    }

    /// <summary>Whether the types of all columns are known.</summary>
    public bool IsTyped => _keyTypes is not null || group.EntityKeys.All(key => key.DataType is not null);

    public Task DeclareAsync(CancellationToken cancellationToken) => engine.DeclareAsync(Table, FeatureTable.FromArrow(Schema(), _batches), cancellationToken);

    public WriteResult Add(FeatureTable rows, WriteMode mode, TimeProvider clock)
    {
        _keyTypes ??= group.EntityKeys.ToDictionary(key => key.Name, key => key.DataType ?? rows.GetColumnType(key.Name));
        if (mode == WriteMode.Overwrite) _batches.Clear();
        _lastLearned = Math.Max(UtcTime.Now(clock), _lastLearned + 1);
        _version++;
        foreach (var batch in rows.Batches)
        {
            var columns = Columns().Select(column => Column(rows, batch, column.Name, column.Type)).ToList();
            columns.Add(new TimestampArray.Builder(TimestampTypeOf()).AppendRange(Enumerable.Repeat(UtcTime.ToDateTimeOffset(_lastLearned), batch.Length)).Build());
            columns.Add(new Int64Array.Builder().AppendRange(Enumerable.Range(0, batch.Length).Select(i => _rows + i)).Build());
            _batches.Add(new RecordBatch(Schema(), columns, batch.Length));
            _rows += batch.Length;
        }

        return new WriteResult(group.QualifiedName, _version, rows.RowCount, UtcTime.ToDateTimeOffset(_lastLearned));
    }

    private Schema Schema() => new(
        [.. Columns().Select(column => ArrowTypes.ToField(column.Name, column.Type)), ArrowTypes.ToField(Learned, DataType.Timestamp), ArrowTypes.ToField(Sequence, DataType.BigInt)], null);

    private IEnumerable<(string Name, DataType Type)> Columns()
    {
        foreach (var key in group.EntityKeys) yield return (key.Name, key.DataType ?? _keyTypes![key.Name]);
        if (group.TimestampKey is { } time) yield return (time, group.TimestampType);
        if (group.CreatedTimestampKey is { } created) yield return (created, DataType.Timestamp);
        foreach (var feature in group.Features) yield return (feature.Name, feature.DataType);
    }

    private static IArrowArray Column(FeatureTable rows, RecordBatch batch, string name, DataType type) => rows.HasColumn(name)
        ? ArrowConvert.ToCanonical(batch.Column(rows.PositionOf(name)), type)
        : ArrowMemory.Nulls(ArrowTypes.ToArrow(type), batch.Length);

    private static Apache.Arrow.Types.TimestampType TimestampTypeOf() => (Apache.Arrow.Types.TimestampType)ArrowTypes.ToArrow(DataType.Timestamp);
}
