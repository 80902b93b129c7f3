using System.Collections.Concurrent;
using Tauro.FeatureStore.Engines.Spark;
using Tauro.FeatureStore.Spark.Tests;

namespace Tauro.FeatureStore.Specification;

/// <summary>The virtual store, whose features are queries over views of Parquet files in Spark's session.</summary>
public sealed class VirtualOnSpark(SparkServer server) : TestStore("Virtual on Spark")
{
    private readonly ConcurrentDictionary<string, Feed> _feeds = new(StringComparer.OrdinalIgnoreCase);
    private FeedsOnSpark? _engine;

    public override bool SupportsWrites => false;

    public override bool HasWriteSequence => false;

    public override int GeneratedHistories => 2;

    public override int PackedHistories => 200;

    public override TestStore Fresh() => new VirtualOnSpark(server);

    protected override IFeatureStore Open(IFeatureStoreContext context)
    {
        _engine ??= Own(new FeedsOnSpark(server.SharedExecutor));
        var store = new VirtualizedFeatureStore(context, server.SharedExecutor);
        return new FedStore(store, store, _engine, context.TimeProvider, _feeds, isVirtual: _ => true);
    }

    private sealed class FeedsOnSpark(IQueryExecutor executor) : IFeedEngine, IAsyncDisposable
    {
        private readonly string _prefix = $"feed_{Guid.NewGuid():N}";
        private readonly ConcurrentDictionary<string, bool> _views = [];
        private readonly CaseFolder _folder = new();
        private int _files;

        public string Identifier(string name) => SparkDialect.Instance.Identifier(name);

        public string NameOf(string feed) => $"{_prefix}_{feed}";

        public async Task DeclareAsync(string table, FeatureTable rows, CancellationToken cancellationToken)
        {
            var columns = rows.ColumnNames.Select(name => new PlanColumn(name, rows.GetColumnType(name)));
            var file = await _folder.WriteAsync(FormattableString.Invariant($"{Interlocked.Increment(ref _files)}.parquet"), rows, columns, 0);
            _views[table] = true;
            using var created = await executor.ExecuteAsync($"CREATE OR REPLACE TEMP VIEW {table} USING parquet OPTIONS (path '{file.Path}', datetimeRebaseMode 'CORRECTED')", cancellationToken: cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var view in _views.Keys) using (await executor.ExecuteAsync($"DROP VIEW {view}")) continue;
            _folder.Dispose();
        }
    }
}
