using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Tauro.FeatureStore.Tests;

public sealed class TelemetryTests : HostingFixture
{
    private readonly MaterializedFeatureStore _store;
    private readonly Recorded _log = new();

    public TelemetryTests() => _store = Provide(all =>
    {
        all.AddLogging(logging => logging.AddProvider(_log).SetMinimumLevel(LogLevel.Trace));
        all.AddTauroFeatureStore(new FeatureStoreOptions { FeatureStorePath = Folder }, store => store.UseMaterialized().UseVirtualized().UseDuckDB());
    }).GetRequiredService<MaterializedFeatureStore>();

    [Fact]
    public async Task Reads_and_writes_are_spans_with_the_semantic_names_of_databases()
    {
        var spans = new List<Activity>();
        using (Sdk.CreateTracerProviderBuilder().AddSource("Tauro.FeatureStore").AddInMemoryExporter(spans).Build())
        {
            await WriteUsersAsync(_store);
            using var ages = await _store.GetFeaturesAsync(["users.age"], cancellationToken: Cancel);
            await foreach (var batch in _store.StreamFeaturesAsync(FeatureRequest.ForEveryEntity(["users.age"]), Cancel)) batch.Dispose();
            await Assert.ThrowsAsync<FeatureNotFoundException>(() => _store.GetFeaturesAsync(["users.height"], cancellationToken: Cancel));
        }

        Assert.Equal(["write_features users@1", "get_features users@1", "get_features users@1", "get_features"], spans.Select(span => span.DisplayName));
        Assert.Equal(["write_features", "get_features", "get_features", "get_features"], spans.Select(span => span.GetTagItem("db.operation.name")));
        Assert.Equal(["users@1", "users@1", "users@1", null], spans.Select(span => span.GetTagItem("db.collection.name")));
        Assert.All(spans, span => Assert.NotNull(span.GetTagItem("db.system.name")));
        Assert.Equal([null, 2L, 2L, null], spans.Select(span => span.GetTagItem("db.response.returned_rows")));
        Assert.Equal(2L, spans[0].GetTagItem("feature_store.rows.written"));
        Assert.Equal([ActivityStatusCode.Unset, ActivityStatusCode.Unset, ActivityStatusCode.Unset, ActivityStatusCode.Error], spans.Select(span => span.Status));
        Assert.Equal("Tauro.FeatureStore.FeatureNotFoundException", spans[3].GetTagItem("error.type"));
    }

    [Fact]
    public async Task Durations_and_rows_are_metrics_with_the_semantic_names_of_databases()
    {
        var metrics = new List<Metric>();
        using (Sdk.CreateMeterProviderBuilder().AddMeter("Tauro.FeatureStore").AddInMemoryExporter(metrics).Build())
        {
            await WriteUsersAsync(_store);
            using var ages = await _store.GetFeaturesAsync(["users.age"], cancellationToken: Cancel);
        }

        var duration = Assert.Single(metrics, metric => metric.Name == "db.client.operation.duration");
        Assert.Equal("s", duration.Unit);
        Assert.Superset(new HashSet<object?> { "write_features", "get_features" }, Tags(duration, "db.operation.name"));
        Assert.Equal("{row}", Assert.Single(metrics, metric => metric.Name == "db.client.response.returned_rows").Unit);
        Assert.Contains("users@1", Tags(Assert.Single(metrics, metric => metric.Name == "feature_store.rows.written"), "db.collection.name"));
    }

    [Fact]
    public async Task A_node_of_a_pipeline_is_a_span_around_what_it_does()
    {
        var spans = new List<Activity>();
        using (Sdk.CreateTracerProviderBuilder().AddSource("Tauro.FeatureStore").AddInMemoryExporter(spans).Build())
        {
            await WriteUsersAsync(_store);
            await using var run = new PipelineContext(new FeatureStoreContext(Folder));
            run.FeatureStores.Add("materialized", _store);
            await new Pipeline("p", FeatureStoreNodes.ReadFeatures("ages", "materialized", ["users.age"])).RunAsync(run, cancellationToken: Cancel);
        }

        var node = Assert.Single(spans, span => span.DisplayName == "run_node ages");
        Assert.Equal(node.SpanId, Assert.Single(spans, span => span.DisplayName == "get_features users@1").ParentSpanId);
    }

    [Fact]
    public async Task What_happens_is_logged_with_names_and_counts()
    {
        await WriteUsersAsync(_store);
        await _store.Metadata.SetLineageAsync("users.age", ["silver.people"], Cancel);
        using var ages = await _store.GetFeaturesAsync(["users.age"], cancellationToken: Cancel);
        await _store.CheckHealthAsync(Cancel);

        Assert.Contains("Registered feature group users version 1 with 1 features", _log.Messages);
        Assert.Contains("Set the lineage of users.age to 1 dependencies", _log.Messages);
        Assert.Contains(_log.Messages, message => message.StartsWith("Wrote 2 rows to users@1 as version 0 (Append) in ", StringComparison.Ordinal));
        Assert.Contains(_log.Messages, message => message.StartsWith("Read 1 features for 2 rows on ", StringComparison.Ordinal));
        Assert.Contains("Checked 3 parts of the store: all are as they should be", _log.Messages);
    }

    private static HashSet<object?> Tags(Metric metric, string name)
    {
        var values = new HashSet<object?>();
        foreach (ref readonly var point in metric.GetMetricPoints())
            foreach (var (key, value) in point.Tags)
                if (key == name) values.Add(value);
        return values;
    }

    private sealed class Recorded : ILoggerProvider, ILogger
    {
        public List<string> Messages { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Messages) Messages.Add(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
