using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>Puts columns side by side that come in batches of different sizes, without copying: a batch ends wherever one of its sources does.</summary>
internal sealed class BatchZipper(Schema schema) : IDisposable
{
    private readonly List<RecordBatch?> _current = [];
    private readonly List<int> _used = [];

    /// <summary>Adds a source of columns; sources stand in the result in this order.</summary>
    public int AddSource()
    {
        _current.Add(null);
        _used.Add(0);
        return _current.Count - 1;
    }

    /// <summary>Whether a source needs its next batch.</summary>
    public bool NeedsBatch(int source) => _current[source] is not { } batch || _used[source] == batch.Length;

    /// <summary>Hands over a source's next batch; it is disposed here.</summary>
    public void Offer(int source, RecordBatch batch)
    {
        _current[source]?.Dispose();
        (_current[source], _used[source]) = (batch, 0);
    }

    /// <summary>The longest batch that all sources have rows for.</summary>
    public RecordBatch Next()
    {
        var length = int.MaxValue;
        for (var i = 0; i < _current.Count; i++) length = Math.Min(length, _current[i]!.Length - _used[i]);
        var columns = new List<IArrowArray>(schema.FieldsList.Count);
        for (var i = 0; i < _current.Count; i++)
        {
            for (var column = 0; column < _current[i]!.ColumnCount; column++)
                columns.Add(ArrowArrayFactory.SliceShared(_current[i]!.Column(column), _used[i], length));
            _used[i] += length;
        }

        return new RecordBatch(schema, columns, length);
    }

    public void Dispose()
    {
        foreach (var batch in _current) batch?.Dispose();
    }
}
