using Tauro.FeatureStore.Testing;

namespace Tauro.FeatureStore.Documentation.Tests;

/// <summary>Examples of the documents that are in no sample, as code that runs.</summary>
public sealed class DocumentSnippets : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tauro-documents-").FullName;

    private static FeatureGroupSchema Users { get; } = new("users")
    {
        EntityKeys = ["user_id"],
        TimestampKey = "at",
        Features = [new("age", DataType.Int)],
    };

    public async ValueTask InitializeAsync()
    {
        await using var store = new MaterializedFeatureStore(new FeatureStoreContext(Path.Combine(_folder, "made")));
        await store.RegisterFeaturesAsync(new FeatureGroupSchema("people") { IsStatic = true, EntityKeys = ["user_id"], Features = [new("age", DataType.Int), new("birth_date", DataType.Date)] });
        await store.WriteFeaturesAsync("people", [new { user_id = 1L, age = 17, birth_date = new DateOnly(2009, 5, 1) }, new { user_id = 2L, age = 40, birth_date = new DateOnly(1986, 5, 1) }]);
        var silver = Directory.CreateDirectory(Path.Combine(_folder, "silver", "users")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder, "made", "people", "v1"), "*.parquet")) File.Copy(file, Path.Combine(silver, Path.GetFileName(file)));
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task DuckDB_runs_sql_over_declared_sources()
    {
        var (context, silver) = (new FeatureStoreContext(_folder), Path.Combine(_folder, "silver"));
        await using var executor = new DuckDBQueryExecutor(context, new DuckDBOptions
        {
            MemoryLimit = "2GB",
            QueryTimeout = TimeSpan.FromMinutes(5),
            Sources = new Dictionary<string, DuckDBSource> { ["silver.users"] = DuckDBSource.Parquet(Path.Combine(silver, "users", "*.parquet")) },
        });
        using var adults = await executor.ExecuteAsync("SELECT user_id FROM silver.users WHERE age >= $age ORDER BY user_id", new Dictionary<string, object?> { ["age"] = 18 });

        Assert.Equal([2L], adults.GetColumn<long>("user_id"));
    }

    [Fact]
    public async Task A_feature_is_a_query()
    {
        var (context, silver) = (new FeatureStoreContext(_folder), Path.Combine(_folder, "silver"));
        await using (var registering = new MaterializedFeatureStore(context))
            await registering.RegisterFeaturesAsync(new FeatureGroupSchema("user_features") { EntityKeys = ["user_id"], TimestampKey = "at", Features = [new("age", DataType.Int)] });
        await using var executor = new DuckDBQueryExecutor(context, new DuckDBOptions
        {
            Sources = new Dictionary<string, DuckDBSource> { ["silver.users"] = DuckDBSource.Parquet(Path.Combine(silver, "users", "*.parquet")) },
        });
        await using var store = new VirtualizedFeatureStore(context, executor);
        await store.DefineVirtualFeaturesAsync("user_features", new Dictionary<string, string>
        {
            ["age"] = "SELECT user_id, (YEAR(CURRENT_DATE) - YEAR(birth_date)) AS age FROM silver.users",
        });

        using var ages = await store.GetFeaturesAsync(["age"]);
        Assert.Equal(2, ages.RowCount);
    }

    [Fact]
    public async Task A_fake_context_and_a_store_in_memory_are_all_that_a_test_needs()
    {
        var users = Users;
        using var context = new FakeFeatureStoreContext { Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero) };
        await using var store = new InMemoryFeatureStore(context);
        await store.RegisterFeaturesAsync(users);
        await store.WriteFeaturesAsync("users", [new { user_id = 1, at = context.Now, age = 34 }]);
        context.Advance(TimeSpan.FromDays(1));
        using var ages = await store.GetFeaturesAsync(["age"]);

        Assert.Equal([34], ages.GetColumn<int>("age"));
    }

    [Fact]
    public async Task A_refused_write_says_where()
    {
        using var context = new FakeFeatureStoreContext();
        await using var store = new InMemoryFeatureStore(context);
        await store.RegisterFeaturesAsync(Users);
        using var rows = FeatureTable.FromColumns(("user_id", new int?[] { 1, null }), ("at", new[] { context.Now, context.Now }));
        var printed = Console.Out;
        using var text = new StringWriter();
        Console.SetOut(text);
        try
        {
            await store.WriteFeaturesAsync("users", rows);
        }
        catch (SchemaValidationException refused)
        {
            Console.WriteLine($"column {refused.Column}, row {refused.Row}: {refused.Message}");
        }
        catch (FeatureStoreException failure) when (failure.IsTransient)
        {
            Console.WriteLine("Another writer came first; try again.");
        }
        finally
        {
            Console.SetOut(printed);
        }

        Assert.StartsWith("column user_id, row 1: ", text.ToString(), StringComparison.Ordinal);
    }
}
