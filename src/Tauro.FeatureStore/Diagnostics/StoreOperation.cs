using System.Diagnostics;

namespace Tauro.FeatureStore;

/// <summary>One call of a store, as traces and metrics show it: a span, its duration, its rows, and how it failed.</summary>
internal sealed class StoreOperation : IDisposable
{
    private const string Read = "get_features";
    private const string Write = "write_features";

    private readonly string _name;
    private readonly TimeProvider _clock;
    private readonly long _started;
    private readonly Activity? _activity;
    private Exception? _failure;
    private long? _rows;
    private ReadDiagnostics? _diagnostics;

    private StoreOperation(string name, TimeProvider clock)
    {
        (_name, _clock, _started) = (name, clock, clock.GetTimestamp());
        _activity = Telemetry.Source.StartActivity(name);
    }

    /// <summary>What answers: an engine's name, or the kind of table. Not known before the call is resolved.</summary>
    public string System { get; set; } = "tauro";

    /// <summary>The group, as <c>group@version</c>; null where the call is about several.</summary>
    public string? Collection { get; set; }

    public TimeSpan Elapsed => _clock.GetElapsedTime(_started);

    public static StoreOperation StartRead(TimeProvider clock) => new(Read, clock);

    public static StoreOperation StartWrite(TimeProvider clock, string group) => new(Write, clock) { Collection = group };

    public void Done(long rows, ReadDiagnostics? diagnostics = null) => (_rows, _diagnostics) = (rows, diagnostics);

    /// <summary>Notes a failure. It is an exception filter that catches nothing.</summary>
    public bool Fails(Exception failure)
    {
        _failure = failure;
        return false;
    }

    public void Dispose()
    {
        var tags = new TagList { { "db.system.name", System.ToLowerInvariant() }, { "db.operation.name", _name } };
        if (Collection is not null) tags.Add("db.collection.name", Collection);
        if (_failure is not null) tags.Add("error.type", _failure.GetType().FullName);
        Telemetry.Duration.Record(Elapsed.TotalSeconds, tags);
        if (_rows is { } rows)
        {
            if (_name == Read) Telemetry.ReturnedRows.Record(rows, tags);
            else Telemetry.WrittenRows.Add(rows, tags);
        }

        Close(tags);
    }

    private void Close(TagList tags)
    {
        if (_activity is null) return;
        if (Collection is not null) _activity.DisplayName = $"{_name} {Collection}";
        foreach (var (key, value) in tags) _activity.SetTag(key, value);
        if (_rows is { } rows) _activity.SetTag(_name == Read ? "db.response.returned_rows" : "feature_store.rows.written", rows);
        if (_diagnostics is not null)
        {
            _activity.SetTag("feature_store.read.paths", _diagnostics.Groups.Select(group => group.Path).Distinct().ToArray());
            if (_diagnostics.Groups.All(group => group.RowsSearched is not null))
                _activity.SetTag("feature_store.read.rows_searched", _diagnostics.Groups.Sum(group => group.RowsSearched));
        }

        if (_failure is not null) Telemetry.Fail(_activity, _failure);
        _activity.Dispose();
    }
}
