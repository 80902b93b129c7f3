using System.Globalization;
using DuckDB.NET.Data;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>
/// All rows of a range of event times in their order, as a stream out of a new store, against DuckDB's WHERE and ORDER BY over the same files on an open connection.
/// DuckDB orders by key and time, and leaves open which of two rows of one key and time comes first.
/// </summary>
internal static class Ranges
{
    public static async Task<int> RunAsync(Scale scale)
    {
        var folder = scale.Folder ?? Path.Combine(Path.GetTempPath(), $"tauro-benchmark-{Guid.NewGuid():n}");
        try
        {
            await Race.PrepareAsync(scale, folder);
            await using var connection = new DuckDBConnection("DataSource=:memory:");
            await connection.OpenAsync();
            await using (var command = connection.CreateCommand())
            {
                command.CommandText = "SET TimeZone = 'UTC'";
                await command.ExecuteNonQueryAsync();
            }

            foreach (var (what, days) in ((string, int)[])[("a tenth of the time", 36), ("all of the time", 366)])
            {
                var range = new TimeRange(History.Begin, History.Begin.AddDays(days));
                await SideBySide.RunAsync(
                    $"range, {what} of {scale.Rows:n0} rows in {scale.Writes} writes", "DuckDB ORDER BY", _ => BareAsync(connection, folder, range),
                    "managed, a new store", _ => ManagedAsync(folder, range), Math.Max(scale.Rounds, 5), warmUp: 1);
            }

            return 0;
        }
        finally
        {
            if (scale.Folder is null && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> ManagedAsync(string folder, TimeRange range)
    {
        await using var store = new MaterializedFeatureStore(new FeatureStoreContext(folder));
        var sum = 0.0;
        await foreach (var batch in store.StreamFeaturesAsync(FeatureRequest.ForRange([.. History.Features.Select(name => new FeatureReference(name, "history"))], range)))
            using (batch) sum += Worker.Sum(batch);
        return sum;
    }

    private static async Task<double> BareAsync(DuckDBConnection connection, string folder, TimeRange range)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            SELECT entity, event_timestamp, {string.Join(", ", History.Features)} FROM read_parquet('{folder}/history/v1/*.parquet')
            WHERE event_timestamp >= TIMESTAMPTZ '{range.From:yyyy-MM-dd HH:mm:ss}+00' AND event_timestamp < TIMESTAMPTZ '{range.To:yyyy-MM-dd HH:mm:ss}+00'
            ORDER BY entity, event_timestamp
            """);
        using var stream = command.ExecuteArrowStream();
        var sum = 0.0;
        while (await stream.ReadNextRecordBatchAsync() is { } batch)
            using (batch) sum += Worker.Sum(batch);
        return sum;
    }
}
