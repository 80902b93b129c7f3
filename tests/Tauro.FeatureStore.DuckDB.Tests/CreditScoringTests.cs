using DuckDB.NET.Data;

namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>
/// Real input: 28 638 loan applications, and what is known of the zipcodes they come from. What the store answers is compared with a loop over the same files, which
/// are read by another library.
/// </summary>
public sealed class CreditScoringTests : IDisposable
{
    private static readonly FeatureGroupSchema Zipcodes = new("zipcodes")
    {
        EntityKeys = ["zipcode"],
        TimestampKey = "event_timestamp",
        CreatedTimestampKey = "created_timestamp",
        Features =
        [
            new FeatureSchema("city", DataType.String), new FeatureSchema("state", DataType.String), new FeatureSchema("location_type", DataType.String),
            new FeatureSchema("tax_returns_filed", DataType.BigInt), new FeatureSchema("population", DataType.BigInt), new FeatureSchema("total_wages", DataType.BigInt),
        ],
    };

    private readonly string _root = Path.Combine(Path.GetTempPath(), $"tauro-{Guid.NewGuid():n}");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(_root)) Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData("managed")]
    [InlineData("duckdb")]
    public async Task Every_application_finds_its_zipcode(string engine)
    {
        var folder = Folder();
        using var loans = await ReadAsync($"{folder}/loan_table.parquet");
        using var zipcodes = await ReadAsync($"{folder}/zipcode_table.parquet");
        var known = zipcodes.ToRows<Zipcode>().ToDictionary(row => row.zipcode);

        await using var executor = engine == "duckdb" ? new DuckDBQueryExecutor() : null;
        await using var store = new MaterializedFeatureStore(new FeatureStoreContext(_root), executor: executor);
        await store.RegisterFeaturesAsync(Zipcodes, Token);
        var written = await store.WriteFeaturesAsync("zipcodes", zipcodes, cancellationToken: Token);
        Assert.Equal(28_844, written.RowCount);

        using var training = await store.GetTrainingSetAsync(
            ["city", "state", "location_type", "tax_returns_filed", "population", "total_wages"], loans, cancellationToken: Token);
        AssertSpineIsUntouched(loans, training);
        var (spine, times) = (loans.GetColumn<long>("zipcode"), loans.GetColumn<DateTimeOffset>("event_timestamp"));
        var expected = spine.Select((zipcode, i) => known.GetValueOrDefault(zipcode) is { } row && row.event_timestamp <= times[i] ? row : null).ToArray();
        Assert.Equal(28_638, expected.Count(row => row is not null));
        Assert.Equal(expected.Select(row => row?.city), training.GetColumn<string?>("city"));
        Assert.Equal(expected.Select(row => row?.state), training.GetColumn<string?>("state"));
        Assert.Equal(expected.Select(row => row?.location_type), training.GetColumn<string?>("location_type"));
        Assert.Equal(expected.Select(row => row?.tax_returns_filed), training.GetColumn<long?>("tax_returns_filed"));
        Assert.Equal(expected.Select(row => row?.population), training.GetColumn<long?>("population"));
        Assert.Equal(expected.Select(row => row?.total_wages), training.GetColumn<long?>("total_wages"));
    }

    [Theory]
    [InlineData("managed", false)]
    [InlineData("managed", true)]
    [InlineData("duckdb", false)]
    [InlineData("duckdb", true)]
    public async Task Every_application_finds_what_its_zipcode_was_at_its_time(string engine, bool knownAsOf)
    {
        using var loans = await ReadAsync($"{Folder()}/loan_table.parquet");
        var (zipcodes, times) = (loans.GetColumn<long>("zipcode"), loans.GetColumn<DateTimeOffset>("event_timestamp"));
        var history = MakeHistory(zipcodes, times);

        await using var executor = engine == "duckdb" ? new DuckDBQueryExecutor() : null;
        await using var store = new MaterializedFeatureStore(new FeatureStoreContext(_root), executor: executor);
        await store.RegisterFeaturesAsync(
            new FeatureGroupSchema("population")
            {
                EntityKeys = ["zipcode"],
                TimestampKey = "event_timestamp",
                CreatedTimestampKey = "created_timestamp",
                Features = [new FeatureSchema("population", DataType.BigInt)],
            },
            Token);
        foreach (var part in history.Chunk(50_000)) await store.WriteFeaturesAsync("population", part, cancellationToken: Token);

        using var training = await store.GetTrainingSetAsync(["population"], loans, options: new RetrievalOptions { KnownAsOf = knownAsOf }, cancellationToken: Token);
        AssertSpineIsUntouched(loans, training);

        var byZipcode = history.Select((row, sequence) => (row, sequence)).ToLookup(entry => entry.row.zipcode);
        var expected = zipcodes.Select((zipcode, i) => byZipcode[zipcode]
            .Where(entry => entry.row.event_timestamp <= times[i] && (!knownAsOf || entry.row.created_timestamp <= times[i]))
            .OrderBy(entry => entry.row.event_timestamp).ThenBy(entry => entry.row.created_timestamp).ThenBy(entry => entry.sequence)
            .Select(entry => (long?)entry.row.population).LastOrDefault()).ToArray();
        Assert.InRange(expected.Count(value => value is null), 1, expected.Length - 1);
        Assert.Equal(expected, training.GetColumn<long?>("population"));
    }

    /// <summary>Rows before, at and after the time of each application, some of them learned late, some written twice.</summary>
    private static List<PopulationRow> MakeHistory(long[] zipcodes, DateTimeOffset[] times)
    {
        var random = new Random(28_638);
        var history = new List<PopulationRow>();
        for (var i = 0; i < zipcodes.Length; i++)
        {
            for (var copy = random.Next(5); copy > 0; copy--)
            {
                var eventTime = times[i].AddTicks(10 * random.Next(5) switch { 0 => -1, 1 => 0, 2 => 1, 3 => -random.Next(1, 1_000_000_000), _ => random.Next(1, 1_000_000_000) });
                var learned = random.Next(3) == 0 ? times[i].AddTicks(10 * random.Next(-1, 2)) : eventTime.AddDays(random.Next(3));
                history.Add(new PopulationRow(zipcodes[i], eventTime, learned, history.Count));
            }
        }

        return history;
    }

    private static void AssertSpineIsUntouched(FeatureTable spine, FeatureTable answer)
    {
        Assert.Equal(28_638, answer.RowCount);
        Assert.Equal(spine.ColumnNames, answer.ColumnNames.Take(spine.ColumnCount));
        foreach (var name in spine.ColumnNames) Assert.Equal(spine.GetColumn<object?>(name), answer.GetColumn<object?>(name));
    }

    private static async Task<FeatureTable> ReadAsync(string file)
    {
        await using var connection = new DuckDBConnection("DataSource=:memory:");
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT * FROM read_parquet($file)";
        command.Parameters.Add(new DuckDBParameter("file", file));
        await using var reader = await command.ExecuteReaderAsync(Token);
        return await FeatureTable.FromDataReaderAsync(reader, Token);
    }

    /// <summary>The folder of the credit data, which lies beside the repository.</summary>
    private static string Folder()
    {
        var repository = new DirectoryInfo(AppContext.BaseDirectory);
        while (repository is not null && !File.Exists(Path.Combine(repository.FullName, "Tauro.FeatureStore.sln"))) repository = repository.Parent;
        var folder = Path.Combine(repository?.Parent?.FullName ?? "", "shared", "data", "credit");
        if (!File.Exists(Path.Combine(folder, "loan_table.parquet")))
        {
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", "The credit data is missing; CI must have it in ../shared/data/credit.");
            Assert.Skip("The credit data is not here: ../shared/data/credit.");
        }

        return folder;
    }

    private sealed record Zipcode(
        long zipcode, string? city, string? state, string? location_type, long? tax_returns_filed, long? population, long? total_wages, DateTimeOffset event_timestamp);

    private sealed record PopulationRow(long zipcode, DateTimeOffset event_timestamp, DateTimeOffset created_timestamp, long population);
}
