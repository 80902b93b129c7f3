using System.Diagnostics;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>Spark computes the rows of a materialization and writes their files, and the table's log commits them.</summary>
public sealed class MaterializeFilesTests(SparkServer server) : IDisposable
{
    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("tauro-files [1] {2} ").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_table_has_what_it_has_by_the_stream_whatever_the_types()
    {
        using var engines = new WritingEngines();
        await using var byFiles = await Stores.OpenAsync(server, Path.Combine(_folder, "files"), AllTypes.Group, AllTypes.Query);
        await using var byStream = await Stores.OpenAsync(server, Path.Combine(_folder, "stream"), AllTypes.Group, AllTypes.Query, isShared: false);

        var done = await byFiles.Both.MaterializeAsync(Stores.Group, Start, Start.AddHours(24), cancellationToken: Cancel);
        var streamed = await byStream.Both.MaterializeAsync(Stores.Group, Start, Start.AddHours(24), cancellationToken: Cancel);

        Assert.Equal(streamed, done);
        Assert.Single(byFiles.Written);
        Assert.All(Directory.GetFiles(byFiles.Written[0]), file => Assert.EndsWith(".parquet", file, StringComparison.Ordinal));
        Assert.Empty(byStream.Written);
        Assert.Equal(["spark", "tauro"], engines.Seen);
        using var files = await ReadAsync(byFiles.Materialized);
        using var stream = await ReadAsync(byStream.Materialized);
        Assert.Equal(AllTypes.RowsInRange, files.RowCount);
        Assert.Equal(TableFingerprint.Of(stream), TableFingerprint.Of(files));
        Assert.Equal(Start.AddHours(23), files.GetColumn<DateTimeOffset>("t").Max());
        Assert.Equal(await HashAsync(byStream), await HashAsync(byFiles));
    }

    [Fact]
    public async Task What_spark_wrote_is_merged_compacted_backfilled_and_vacuumed_like_any_rows()
    {
        await using var stores = await Stores.OpenAsync(server, Path.Combine(_folder, "store"), Stores.Numbers, Stores.Sequence(1000));
        await stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddMinutes(1000), cancellationToken: Cancel);
        using var merged = FeatureTable.FromColumns(("id", new long[] { 7, 7 }), ("t", new[] { Start.AddMinutes(7), Start.AddMinutes(8) }), ("n", new long[] { -7, -8 }));
        await stores.Materialized.WriteFeaturesAsync(Stores.Group, merged, WriteMode.Merge, Cancel);

        await stores.Both.MaterializeAsync(Stores.Group, Start.AddMinutes(100), Start.AddMinutes(200), cancellationToken: Cancel);
        await stores.Materialized.CompactAsync(Stores.Group, cancellationToken: Cancel);
        await stores.VacuumAsync();

        using var rows = await ReadAsync(stores.OpenAnother());
        List<(long Id, int Minute, long N)> expected = [.. Enumerable.Range(0, 1000).Select(i => ((long)i, i, i == 7 ? -7L : i * 10L))];
        expected.Insert(8, (7, 8, -8));
        Assert.Equal(expected.Select(row => row.Id), rows.GetColumn<long>("id"));
        Assert.Equal(expected.Select(row => Start.AddMinutes(row.Minute)), rows.GetColumn<DateTimeOffset>("t"));
        Assert.Equal(expected.Select(row => row.N), rows.GetColumn<long>("n"));
        Assert.Empty(stores.Written);
    }

    [Fact]
    public async Task A_range_in_steps_goes_on_where_it_stopped_and_a_step_without_rows_has_no_file()
    {
        await using var stores = await Stores.OpenAsync(server, Path.Combine(_folder, "store"), Stores.Numbers, Stores.Sequence(20));
        var options = new MaterializationOptions { Step = TimeSpan.FromMinutes(10), Name = "steps" };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddMinutes(30), options, new Once(stop.Cancel), stop.Token));
        var done = await stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddMinutes(30), options, cancellationToken: Cancel);
        var again = await stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddMinutes(30), options, cancellationToken: Cancel);

        Assert.Equal((3, 3, 1, 10L), (done.StepsDone, done.Steps, done.StepsSkipped, done.RowsWritten));
        Assert.Equal((3, 3, 3, 0L), (again.StepsDone, again.Steps, again.StepsSkipped, again.RowsWritten));
        Assert.Equal(2, stores.Written.Length);
        using var rows = await ReadAsync(stores.Materialized);
        Assert.Equal(20, rows.RowCount);
    }

    [Fact]
    public async Task Created_times_of_the_query_tell_rows_of_one_time_apart_and_the_later_one_answers()
    {
        var group = Stores.Numbers with { CreatedTimestampKey = "learned" };
        const string Sql = """
            SELECT 1L AS id, TIMESTAMP '2024-01-01 00:00:00Z' AS t, timestamp_micros(1704067200000000 + learned) AS learned, learned AS n
            FROM VALUES (3L), (1L), (2L) AS v(learned)
            """;
        await using var stores = await Stores.OpenAsync(server, Path.Combine(_folder, "store"), group, Sql);

        await stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddMinutes(1), cancellationToken: Cancel);

        using var rows = await ReadAsync(stores.Materialized);
        Assert.Equal([1L, 2L, 3L], rows.GetColumn<long>("n"));
        using var latest = await stores.Materialized.GetFeaturesAsync([$"{Stores.Group}.n"], new Dictionary<string, Array> { ["id"] = new long[] { 1 } }, cancellationToken: Cancel);
        Assert.Equal([3L], latest.GetColumn<long>("n"));
        Assert.Single(stores.Written);
    }

    [Fact]
    public async Task Moments_of_every_entity_and_folders_that_spark_does_not_see_go_through_this_process()
    {
        await using var stores = await Stores.OpenAsync(server, Path.Combine(_folder, "store"), Stores.Numbers, Stores.Sequence(20));

        await stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddMinutes(20), new MaterializationOptions { Every = TimeSpan.FromMinutes(10) }, cancellationToken: Cancel);

        Assert.Empty(stores.Written);
        using var rows = await ReadAsync(stores.Materialized);
        Assert.Equal(1 + 11, rows.RowCount);
    }

    private static async Task<FeatureTable> ReadAsync(MaterializedFeatureStore store)
    {
        await store.Metadata.RefreshAsync(Cancel);
        var features = store.Metadata.GetFeatureGroup(Stores.Group).Features.Select(feature => FeatureReference.Parse($"{Stores.Group}.{feature.Name}"));
        return await store.GetFeaturesAsync(FeatureRequest.ForRange([.. features], new TimeRange(DateTimeOffset.MinValue, DateTimeOffset.MaxValue)), Cancel);
    }

    /// <summary>A hash of all rows as Spark's own Delta reader reads them.</summary>
    private async Task<string> HashAsync(Stores stores)
    {
        // Without the setting Spark takes ancient dates in the files of others for those of its own old versions, and refuses them.
        await using var spark = server.CreateExecutor(configuration: new Dictionary<string, string> { ["spark.sql.parquet.datetimeRebaseModeInRead"] = "CORRECTED" });
        using var answer = await spark.ExecuteAsync(
            $"SELECT CAST(count(*) AS STRING) || ' ' || CAST(sum(CAST(xxhash64({AllTypes.Hashed}) AS DECIMAL(38,0))) AS STRING) AS h FROM delta.`{stores.Table}`", cancellationToken: Cancel);
        return answer.GetColumn<string>("h")[0];
    }

    private sealed class Once(Action act) : IProgress<BackfillProgress>
    {
        public void Report(BackfillProgress value)
        {
            if (value.StepsDone == 1) act();
        }
    }

    /// <summary>The engines that traces of writes name.</summary>
    private sealed class WritingEngines : IDisposable
    {
        private readonly Activity _trace = new Activity("test").Start();
        private readonly ActivityListener _listener;

        public WritingEngines()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "Tauro.FeatureStore",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = activity =>
                {
                    if (activity.TraceId == _trace.TraceId && activity.OperationName == "write_features" && activity.GetTagItem("db.system.name") is string engine) Seen.Add(engine);
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public List<string> Seen { get; } = [];

        public void Dispose()
        {
            _listener.Dispose();
            _trace.Dispose();
        }
    }
}
