namespace Tauro.FeatureStore.Tests;

/// <summary>No value of a caller stands in a log message, whatever was asked and however it ended.</summary>
public sealed class LogCaptureTests : IAsyncDisposable
{
    private const string Secret = "secret-4711'; --";

    private readonly string _folder = Directory.CreateTempSubdirectory("tauro-logs-").FullName;
    private readonly CapturedLogs _logs = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        _logs.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Values_of_parameters_keys_rows_and_queries_stand_in_no_message()
    {
        using var people = FeatureTable.FromColumns(("person", new[] { Secret, "other" }), ("learned_at", new[] { At(1), At(1) }), ("note", new[] { $"note {Secret}", "plain" }));
        var context = new FeatureStoreContext(_folder) { LoggerFactory = _logs };
        await using var executor = new DuckDBQueryExecutor(context, new DuckDBOptions
        {
            Sources = new Dictionary<string, DuckDBSource> { ["silver.people"] = DuckDBSource.Table(people) },
        });
        await using var virtualized = new VirtualizedFeatureStore(context, executor) { CacheSizeMegabytes = 1 };
        await using var materialized = new MaterializedFeatureStore(context);
        await using var store = new CompositeFeatureStore(context, materialized, virtualized);
        await store.RegisterFeaturesAsync(new FeatureGroupSchema("people")
        {
            EntityKeys = [new EntityKey("person", DataType.String)], TimestampKey = "learned_at", Features = [new FeatureSchema("note", DataType.String)],
        }, Cancel);
        await DefineAsync(virtualized, "SELECT person, learned_at, note FROM silver.people WHERE note <> $value OR person = 'secret-4711'");
        using var asked = FeatureTable.FromColumns(("person", new[] { Secret }));

        for (var i = 0; i < 2; i++)
        {
            using var answer = await store.GetFeaturesAsync(["note"], asked, cancellationToken: Cancel);
            Assert.Equal([$"note {Secret}"], answer.GetColumn<string?>("note"));
        }

        await store.MaterializeAsync("people", At(1), At(2), cancellationToken: Cancel);
        (await executor.ExecuteAsync("SELECT $value AS v, 'secret-4711' AS w", new Dictionary<string, object?> { ["value"] = Secret }, cancellationToken: Cancel)).Dispose();
        await Assert.ThrowsAsync<VirtualizationQueryException>(() => executor.ExecuteAsync("SELECT CAST($value AS INT)", new Dictionary<string, object?> { ["value"] = Secret }, cancellationToken: Cancel));
        await DefineAsync(virtualized, "SELECT person, learned_at, CASE WHEN $value <> '' THEN error(note) END::VARCHAR AS note FROM silver.people");
        await Assert.ThrowsAsync<VirtualizationQueryException>(() => virtualized.GetFeaturesAsync(["note"], asked, cancellationToken: Cancel));
        await store.CheckHealthAsync(Cancel);

        Assert.True(_logs.Messages.Count > 5, "Something was logged.");
        Assert.DoesNotContain(_logs.Messages, message => message.Contains("secret", StringComparison.OrdinalIgnoreCase) || message.Contains("4711", StringComparison.Ordinal));
    }

    private static DateTimeOffset At(int day) => new(2026, 1, day, 0, 0, 0, TimeSpan.Zero);

    private static Task DefineAsync(VirtualizedFeatureStore store, string sql) => store.DefineVirtualFeaturesAsync(
        "people", [new VirtualFeatureDefinition(sql, "note") { Parameters = new Dictionary<string, object?> { ["value"] = Secret } }], Cancel);
}
