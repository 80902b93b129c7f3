namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>Tables of a materialized store before Spark's own Delta reader, which shares no code with ours.</summary>
public sealed class DeltaReaderTests(SparkServer server)
{
    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sparks_own_delta_reader_reads_each_version_of_a_table_that_was_appended_merged_and_compacted()
    {
        var spark = server.SharedExecutor;
        var folder = Directory.CreateTempSubdirectory("tauro-delta-").FullName;
        try
        {
            await using var store = new MaterializedFeatureStore(new FeatureStoreContext(folder));
            await store.RegisterFeaturesAsync(new FeatureGroupSchema("users")
            {
                EntityKeys = [new EntityKey("id", DataType.BigInt)], TimestampKey = "t", Features = [new FeatureSchema("city", DataType.String)],
            }, Cancel);
            await WriteAsync(store, WriteMode.Append, (1, "Oslo"), (2, "Rome"));
            await WriteAsync(store, WriteMode.Append, (3, "Bern"));
            await WriteAsync(store, WriteMode.Merge, (2, "Kiel"));
            await store.CompactAsync("users", cancellationToken: Cancel);

            using var now = await spark.ExecuteAsync($"SELECT id, t, city FROM delta.`{folder}/users/v1` ORDER BY id", cancellationToken: Cancel);
            using var first = await spark.ExecuteAsync($"SELECT id, city FROM delta.`{folder}/users/v1` VERSION AS OF 0 ORDER BY id", cancellationToken: Cancel);
            using var columns = await spark.ExecuteAsync($"SELECT * FROM delta.`{folder}/users/v1`", cancellationToken: Cancel);

            Assert.Equal([1L, 2L, 3L], now.GetColumn<long>("id"));
            Assert.Equal(["Oslo", "Kiel", "Bern"], now.GetColumn<string>("city"));
            Assert.All(now.GetColumn<DateTimeOffset>("t"), time => Assert.Equal(Start, time));
            Assert.Equal(["Oslo", "Rome"], first.GetColumn<string>("city"));
            Assert.Equal(["id", "t", "city"], columns.ColumnNames);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task WriteAsync(MaterializedFeatureStore store, WriteMode mode, params (long Id, string City)[] rows)
    {
        using var table = FeatureTable.FromColumns(
            ("id", rows.Select(row => row.Id).ToArray()), ("t", rows.Select(_ => Start).ToArray()), ("city", rows.Select(row => row.City).ToArray()));
        await store.WriteFeaturesAsync("users", table, mode, Cancel);
    }
}
