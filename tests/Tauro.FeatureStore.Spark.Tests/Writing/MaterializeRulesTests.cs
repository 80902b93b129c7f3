namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>What may not be written is refused where Spark writes the files as where rows come through this process: the same error, and nothing left behind.</summary>
public sealed class MaterializeRulesTests(SparkServer server) : IDisposable
{
    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("tauro-rules-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static FeatureGroupSchema Ruled { get; } = new(Stores.Group)
    {
        EntityKeys = [new EntityKey("id", DataType.BigInt), new EntityKey("place", DataType.String)],
        TimestampKey = "t",
        CreatedTimestampKey = "learned",
        EnforceMetadataRules = true,
        Features =
        [
            new FeatureSchema("n", DataType.BigInt) { Nullable = false, Metadata = new Dictionary<string, object?> { ["min"] = 0, ["max"] = 100 } },
            new FeatureSchema("ratio", DataType.Double) { Metadata = new Dictionary<string, object?> { ["min"] = 0.5, ["max"] = 1.5 } },
            new FeatureSchema("price", DataType.Decimal(10, 2)) { Metadata = new Dictionary<string, object?> { ["max"] = 99.5m } },
            new FeatureSchema("color", DataType.String) { Metadata = new Dictionary<string, object?> { ["allowed"] = new[] { "red", "blue" } } },
            new FeatureSchema("vector", DataType.Array(DataType.Float)) { VectorLength = 2 },
            new FeatureSchema("moment", DataType.Timestamp), new FeatureSchema("day", DataType.Date), new FeatureSchema("words", DataType.Array(DataType.String)),
            new FeatureSchema("visits", DataType.Map(DataType.String, DataType.Struct(("at", DataType.Timestamp)))),
        ],
    };

    /// <summary>A column, a value of it that breaks a rule, what is said of it, and whether it is tried both ways: once for each sort of rule.</summary>
    private static readonly (string Column, string Value, string Rule, bool BothWays)[] Breaches =
    [
        ("id", "CAST(NULL AS BIGINT)", "the entity key 'id' is null", true),
        ("learned", "CAST(NULL AS TIMESTAMP)", "the created time 'learned' is null", false),
        ("n", "CAST(NULL AS BIGINT)", "the feature 'n' is null", false),
        ("n", "-1L", "breaks the rule min = 0", true),
        ("n", "101L", "breaks the rule max = 100", false),
        ("ratio", "CAST('NaN' AS DOUBLE)", "breaks the rule min = 0.5", true),
        ("price", "99.51BD", "breaks the rule max = 99.5", false),
        ("color", "'green'", "breaks the rule allowed = [red, blue]", false),
        ("vector", "array(1F)", "vector in 'vector' has ", true),
        ("moment", "timestamp_micros(253402300800000000)", "'moment' of Spark's answer is not TIMESTAMP", true),
        ("day", "date_from_unix_date(2932897)", "'day' of Spark's answer is not DATE", false),
        ("words", "array('good', CAST(X'FF' AS STRING))", "'words' of Spark's answer is not ARRAY<STRING>", true),
        ("visits", "map('x', named_struct('at', timestamp_micros(253402300800000000)))", "'visits' of Spark's answer is not MAP<", false),
    ];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_rule_is_kept_both_ways()
    {
        // One session for all, or most of the time would go into opening them.
        await using var byFiles = await Stores.OpenAsync(server, Path.Combine(_folder, "files"), Ruled, Rows());
        await using var byStream = await Stores.OpenAsync(server, Path.Combine(_folder, "stream"), Ruled, Rows(), isShared: false);
        await byFiles.Both.MaterializeAsync(Stores.Group, Start, Start.AddHours(1), cancellationToken: Cancel);
        var before = Files(byFiles);
        Assert.Single(byFiles.Written);

        foreach (var (column, value, rule, bothWays) in Breaches)
        {
            await RedefineAsync(byFiles, column, value);
            var written = await Assert.ThrowsAnyAsync<FeatureStoreException>(() => byFiles.Both.MaterializeAsync(Stores.Group, Start, Start.AddHours(1), cancellationToken: Cancel));

            Assert.Contains(rule, written.Message, StringComparison.Ordinal);
            Assert.Equal(before, Files(byFiles));
            if (!bothWays) continue;
            await RedefineAsync(byStream, column, value);
            var streamed = await Assert.ThrowsAnyAsync<FeatureStoreException>(() => byStream.Both.MaterializeAsync(Stores.Group, Start, Start.AddHours(1), cancellationToken: Cancel));
            Assert.Contains(rule, streamed.Message, StringComparison.Ordinal);
            Assert.Equal((streamed.GetType(), streamed.FeatureGroup, (streamed as SchemaValidationException)?.Column), (written.GetType(), written.FeatureGroup, (written as SchemaValidationException)?.Column));
        }
    }

    [Fact]
    public async Task Null_event_times_and_rows_of_other_times_are_no_rows_of_the_range()
    {
        await using var stores = await Stores.OpenAsync(server, Path.Combine(_folder, "store"), Stores.Numbers, """
            SELECT id, t, n FROM VALUES (1L, TIMESTAMP '2024-01-01 00:00:00Z', 1L), (2L, NULL, 2L), (3L, TIMESTAMP '2024-01-01 01:00:00Z', 3L), (4L, TIMESTAMP '2023-12-31 23:59:59.999999Z', 4L) AS v(id, t, n)
            """);

        var done = await stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddHours(1), cancellationToken: Cancel);

        Assert.Equal(1, done.RowsWritten);
        Assert.Single(stores.Written);
    }

    [Fact]
    public async Task Two_rows_that_nothing_tells_apart_are_an_error_that_names_the_key()
    {
        await using var stores = await Stores.OpenAsync(server, Path.Combine(_folder, "a folder with so long a name that an error which begins with it has no room for more", new string('x', 200)), Stores.Numbers,
            "SELECT id % 700 AS id, TIMESTAMP '2024-01-01 00:00:00Z' AS t, id AS n FROM range(0, 701)");

        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddHours(1), cancellationToken: Cancel));

        Assert.Contains("two rows for id = 0, t = 2024-01-01 00:00:00", failure.Message, StringComparison.Ordinal);
        Assert.Empty(stores.Written);
    }

    [Fact]
    public async Task A_value_that_does_not_fit_is_an_error_without_the_value_or_a_parameters()
    {
        var narrow = Stores.Numbers with { Features = [new FeatureSchema("n", DataType.Int)] };
        await using var stores = await Stores.OpenAsync(server, Path.Combine(_folder, "store"), narrow,
            "SELECT id, TIMESTAMP '2024-01-01 00:00:00Z' AS t, id + $secret AS n FROM range(0, 3)", parameters: new Dictionary<string, object?> { ["secret"] = 4711_000_000_000L });

        var failure = await Assert.ThrowsAsync<SparkQueryException>(() => stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddHours(1), cancellationToken: Cancel));

        Assert.Contains("holds a value that does not fit into INT", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("4711", failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(stores.Written);
    }

    [Fact]
    public async Task A_refusal_is_found_whatever_the_values_of_parameters()
    {
        await using var stores = await Stores.OpenAsync(server, Path.Combine(_folder, "store"), Stores.Numbers,
            "SELECT CASE WHEN $text <> 'x' THEN NULL ELSE id END AS id, TIMESTAMP '2024-01-01 00:00:00Z' AS t, id + $one AS n FROM range(0, 3)", parameters: new Dictionary<string, object?> { ["text"] = "refused", ["one"] = 0L });

        var failure = await Assert.ThrowsAsync<SchemaValidationException>(() => stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddHours(1), cancellationToken: Cancel));

        Assert.Equal("id", failure.Column);
        Assert.Null(failure.InnerException);
    }

    [Fact]
    public async Task A_rule_that_spark_would_judge_otherwise_is_checked_in_this_process()
    {
        var ruled = Stores.Numbers with { EnforceMetadataRules = true, Features = [new FeatureSchema("n", DataType.Float) { Metadata = new Dictionary<string, object?> { ["max"] = 0.1 } }] };
        await using var stores = await Stores.OpenAsync(server, Path.Combine(_folder, "store"), ruled, "SELECT id, TIMESTAMP '2024-01-01 00:00:00Z' AS t, 0.1F AS n FROM range(0, 3)");

        var done = await stores.Both.MaterializeAsync(Stores.Group, Start, Start.AddHours(1), cancellationToken: Cancel);

        Assert.Equal(3, done.RowsWritten);
        Assert.Empty(stores.Written);
    }

    private static Task RedefineAsync(Stores stores, string column, string value) => stores.Virtualized.DefineVirtualFeaturesAsync(
        Stores.Group, [new VirtualFeatureDefinition(Rows(column, value), [.. Ruled.Features.Select(feature => feature.Name)]) { CreatedColumn = "learned" }], Cancel);

    /// <summary>Three rows that keep all rules, but for one of which a column has another value.</summary>
    private static string Rows(string? column = null, string? value = null)
    {
        (string Name, string Value)[] columns =
        [
            ("id", "id"), ("place", "'here'"), ("t", "TIMESTAMP '2024-01-01 00:00:00Z'"), ("learned", "TIMESTAMP '2024-01-02 00:00:00Z'"), ("n", "id"), ("ratio", "1.5D"),
            ("price", "99.50BD"), ("color", "'red'"), ("vector", "array(1F, 2F)"), ("moment", "TIMESTAMP '9999-12-31 23:59:59.999999Z'"), ("day", "DATE '0001-01-01'"),
            ("words", "array('good')"), ("visits", "map('x', named_struct('at', TIMESTAMP '2024-01-01 00:00:00Z'))"),
        ];
        return $"SELECT {string.Join(", ", columns.Select(each => $"{(each.Name == column ? $"IF(id = 1, {value}, {each.Value})" : each.Value)} AS {each.Name}"))} FROM range(0, 3)";
    }

    private static string[] Files(Stores stores) => [.. Directory.GetFileSystemEntries(stores.Table, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
