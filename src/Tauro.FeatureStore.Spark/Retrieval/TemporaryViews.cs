using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The temporary views of one query. They have names of their own, and are dropped with it.</summary>
internal sealed class TemporaryViews(ISparkQueries spark) : IAsyncDisposable
{
    private readonly string _prefix = $"tauro_{Guid.NewGuid():N}";
    private readonly List<string> _names = [];

    /// <summary>Makes a view of files, and says its name: letters, digits and underscores.</summary>
    public async Task<string> CreateAsync(ParquetRelation files, CancellationToken cancellationToken)
    {
        var name = NewName();
        await spark.CreateViewAsync(name, files, cancellationToken).ConfigureAwait(false);
        return name;
    }

    /// <summary>Makes views of a table's rows, and says their names.</summary>
    public async Task<IReadOnlyList<string>> UploadAsync(Schema schema, IEnumerable<RecordBatch> batches, CancellationToken cancellationToken)
    {
        var first = _names.Count;
        await spark.UploadAsync(schema, batches, NewName, cancellationToken).ConfigureAwait(false);
        return _names[first..];
    }

    /// <summary>Drops the views, the last one first.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_names.Count > 0) await spark.DropViewsAsync(Enumerable.Reverse(_names)).ConfigureAwait(false);
    }

    private string NewName()
    {
        _names.Add(string.Create(CultureInfo.InvariantCulture, $"{_prefix}_{_names.Count}"));
        return _names[^1];
    }
}
