using static Tauro.FeatureStore.DuckDB.Tests.DeltaFolder;

namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>Delta tables that others wrote, as sources of a caller's SQL.</summary>
public sealed class DeltaSourceTests : IAsyncDisposable
{
    private readonly DeltaFolder _folder = new();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task Each_query_sees_the_newest_version()
    {
        _folder.Declare("silver.users", "users");
        _folder.Write("users/a.parquet", "SELECT 1::BIGINT AS id");
        _folder.Write("users/b.parquet", "SELECT 2::BIGINT AS id");
        _folder.Commit("users", 0, Protocol, Metadata("id:long"), Add("a.parquet"));
        Assert.Equal(1, await _folder.CountAsync("SELECT sum(id) FROM silver.users"));
        _folder.Commit("users", 1, Add("b.parquet"));
        Assert.Equal(3, await _folder.CountAsync("SELECT sum(id) FROM silver.users"));
        _folder.Commit("users", 2, Remove("a.parquet"), Add("b.parquet"), Remove("b.parquet"));
        Assert.Equal(2, await _folder.CountAsync("SELECT sum(id) FROM silver.users"));
        _folder.Commit("users", 3, Remove("b.parquet"));
        Assert.Equal(0, await _folder.CountAsync("SELECT count(*) FROM silver.users"));
    }

    [Fact]
    public async Task A_column_that_was_added_is_null_in_older_files_and_what_is_not_in_the_schema_is_not_shown()
    {
        _folder.Declare("users", "users");
        _folder.Write("users/a.parquet", "SELECT 1::BIGINT AS id, 7 AS __tauro_created_time");
        _folder.Commit("users", 0, Protocol, Metadata("id:long"), Add("a.parquet"));
        using (var before = await _folder.ReadAsync("SELECT * FROM users")) Assert.Equal(["id"], before.ColumnNames);
        _folder.Commit("users", 1, Metadata("id:long name:string score:decimal(10,2) at:timestamp"));
        using (var between = await _folder.ReadAsync("SELECT * FROM users")) Assert.Equal(["id", "name", "score", "at"], between.ColumnNames);
        _folder.Write("users/b.parquet", "SELECT 'Ann' AS name, TIMESTAMP '2024-01-02 03:04:05' AS at, 2::BIGINT AS id");
        _folder.Commit("users", 2, Add("b.parquet"));
        using var after = await _folder.ReadAsync("SELECT * FROM users ORDER BY id");
        Assert.Equal([null, "Ann"], after.GetColumn<string?>("name"));
        Assert.Equal([null, null], after.GetColumn<decimal?>("score"));
        Assert.Equal([null, new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero)], after.GetColumn<DateTimeOffset?>("at"));
    }

    [Fact]
    public async Task Partition_columns_are_columns()
    {
        _folder.Declare("sales", "sales");
        _folder.Commit("sales", 0, Protocol, Metadata("id:long day:date shop:string n:integer price:decimal(6,2) open:boolean at:timestamp", "day shop n price open at"));
        _folder.Write("sales/day=2024-01-01/shop=a b%2Fc'd[1]/1.parquet", "SELECT 1::BIGINT AS id");
        _folder.Write("sales/null/2.parquet", "SELECT 2::BIGINT AS id UNION ALL SELECT 3");
        _folder.Commit("sales", 1,
            Add("day=2024-01-01/shop=a%20b%252Fc'd%5B1%5D/1.parquet", new() { ["day"] = "2024-01-01", ["shop"] = "a b/c'd[1]", ["n"] = "-7", ["price"] = "1.50", ["open"] = "true", ["at"] = "2024-01-01 10:11:12.5" }),
            Add("null/2.parquet", new() { ["day"] = null, ["shop"] = "", ["price"] = null, ["open"] = null, ["at"] = null }));
        using var rows = await _folder.ReadAsync("SELECT * FROM sales ORDER BY id");
        Assert.Equal(["id", "day", "shop", "n", "price", "open", "at"], rows.ColumnNames);
        Assert.Equal([new DateOnly(2024, 1, 1), null, null], rows.GetColumn<DateOnly?>("day"));
        Assert.Equal(["a b/c'd[1]", null, null], rows.GetColumn<string?>("shop"));
        Assert.Equal([-7, null, null], rows.GetColumn<int?>("n"));
        Assert.Equal([1.5m, null, null], rows.GetColumn<decimal?>("price"));
        Assert.Equal([true, null, null], rows.GetColumn<bool?>("open"));
        Assert.Equal([new DateTimeOffset(2024, 1, 1, 10, 11, 12, 500, TimeSpan.Zero), null, null], rows.GetColumn<DateTimeOffset?>("at"));
        Assert.Equal(1, await _folder.CountAsync("SELECT sum(id) FROM sales WHERE day = DATE '2024-01-01'"));
        Assert.Equal(2, await _folder.CountAsync("SELECT count(*) FROM sales WHERE shop IS NULL"));
    }

    [Fact]
    public async Task Tables_of_one_name_in_two_schemas_are_two_and_join()
    {
        foreach (var (schema, ids) in new[] { ("bronze", "range(1, 4)"), ("silver", "range(2, 9)") })
        {
            _folder.Declare($"{schema}.users", schema);
            _folder.Write($"{schema}/a.parquet", $"SELECT range AS id FROM {ids}");
            _folder.Commit(schema, 0, Protocol, Metadata("id:long"), Add("a.parquet"));
        }

        Assert.Equal(2, await _folder.CountAsync("SELECT count(*) FROM bronze.users AS b JOIN Silver.USERS AS s USING (id)"));
        Assert.Equal(["bronze.users", "silver.users"], await _folder.Executor.FindTablesAsync("SELECT * FROM bronze.users, silver.users", TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<VirtualizationQueryException>(() => _folder.ReadAsync("SELECT * FROM users"));
    }

    [Fact]
    public async Task A_table_that_cannot_be_read_stops_only_queries_that_name_it()
    {
        _folder.Declare("silver.bad", "bad");
        _folder.Declare("silver.good", "good");
        _folder.Declare("silver.missing", "missing");
        _folder.Write("good/a.parquet", "SELECT 5::BIGINT AS id");
        _folder.Commit("good", 0, Protocol, Metadata("id:long"), Add("a.parquet"));
        _folder.Commit("bad", 0, """{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors"]}}""", Metadata("id:long"));

        Assert.Equal(5, await _folder.CountAsync("SELECT sum(id) FROM silver.good"));
        Assert.Contains("'deletionVectors'", (await Assert.ThrowsAsync<UnsupportedTableException>(() => _folder.ReadAsync("SELECT * FROM (SELECT id FROM Silver.Bad)"))).Message, StringComparison.Ordinal);
        var missing = await Assert.ThrowsAsync<VirtualizationQueryException>(() => _folder.ReadAsync("SELECT * FROM silver.missing"));
        Assert.Contains("'_delta_log'", missing.Message, StringComparison.Ordinal);

        _folder.Write("missing/a.parquet", "SELECT 6::BIGINT AS id");
        _folder.Commit("missing", 0, Protocol, Metadata("id:long"), Add("a.parquet"));
        Assert.Equal(6, await _folder.CountAsync("SELECT sum(id) FROM silver.missing"));
        _folder.Commit("missing", 1, Add("not-there.parquet"));
        Assert.Contains("not-there.parquet", (await Assert.ThrowsAsync<VirtualizationQueryException>(() => _folder.ReadAsync("SELECT * FROM silver.missing"))).Message, StringComparison.Ordinal);
        _folder.Commit("missing", 2, Remove("not-there.parquet"));
        Assert.Equal(6, await _folder.CountAsync("SELECT sum(id) FROM silver.missing"));
    }

    [Theory]
    [InlineData("""{"protocol":{"minReaderVersion":4,"minWriterVersion":8}}""", "id:long", "", "", "version 4 of the Delta protocol")]
    [InlineData("""{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["columnMapping","v2Checkpoint"],"writerFeatures":[]}}""", "id:long", "", "", "'columnMapping', 'v2Checkpoint'")]
    [InlineData(Protocol, "id:long", "", "delta.columnMapping.mode=name", "'columnMapping'")]
    [InlineData(Protocol, "id:binary", "", "", "'binary'")]
    [InlineData(Protocol, "id:long file_index:long day:date", "day", "", "'file_index'")]
    public async Task What_is_not_understood_is_refused_by_name(string protocol, string fields, string partitions, string configuration, string named)
    {
        _folder.Declare("t", "t");
        _folder.Commit("t", 0, protocol, Metadata(fields, partitions, configuration));
        Assert.Contains(named, (await Assert.ThrowsAsync<UnsupportedTableException>(() => _folder.ReadAsync("SELECT * FROM t"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_deleted_by_a_vector_are_refused()
    {
        _folder.Declare("t", "t");
        _folder.Commit("t", 0, Protocol, Metadata("id:long"), """{"add":{"path":"a.parquet","partitionValues":{},"size":5,"modificationTime":1,"dataChange":true,"deletionVector":{"storageType":"u"}}}""");
        Assert.Contains("'deletionVectors'", (await Assert.ThrowsAsync<UnsupportedTableException>(() => _folder.ReadAsync("SELECT * FROM t"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../outside.parquet")]
    [InlineData("%2e%2e/outside.parquet")]
    [InlineData("x/..%2f..%2foutside.parquet")]
    [InlineData("{0}")]
    [InlineData("file://{0}")]
    [InlineData("s3://bucket/a.parquet")]
    public async Task A_log_that_names_a_file_outside_of_the_folder_is_refused(string path)
    {
        _folder.Declare("t", "t");
        _folder.Write("outside.parquet", "SELECT 42::BIGINT AS id");
        _folder.Commit("t", 0, Protocol, Metadata("id:long"), Add(path.Replace("{0}", Path.Combine(_folder.Root, "outside.parquet"), StringComparison.Ordinal)));
        Assert.Contains("line 3 of the commit", (await Assert.ThrowsAsync<MetadataException>(() => _folder.ReadAsync("SELECT * FROM t"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_and_values_of_a_hostile_log_stay_names_and_values()
    {
        _folder.Declare("t", "t");
        _folder.Write("t/a'] , x = ['*.parquet", "SELECT 1::BIGINT AS id");
        _folder.Commit("t", 0, Protocol, Metadata("id:long p:string", "p"), Add(Uri.EscapeDataString("a'] , x = ['*.parquet"), new() { ["p"] = "'] ); DROP VIEW t; --" }));
        using var rows = await _folder.ReadAsync("SELECT * FROM t");
        Assert.Equal(["'] ); DROP VIEW t; --"], rows.GetColumn<string>("p"));
    }

    [Fact]
    public async Task Nothing_beside_the_folder_is_open()
    {
        var path = _folder.Declare("t", "t");
        _folder.Write("outside.parquet", "SELECT 42::BIGINT AS id");
        _folder.Write("t-other/a.parquet", "SELECT 42::BIGINT AS id");
        _folder.Write("t/a.parquet", "SELECT 1::BIGINT AS id");
        _folder.Commit("t", 0, Protocol, Metadata("id:long"), Add("a.parquet"));
        foreach (var file in (string[])["outside.parquet", "t-other/a.parquet", "t/../outside.parquet", "*.parquet", "t*/a.parquet"])
            await Assert.ThrowsAsync<VirtualizationQueryException>(() => _folder.ReadAsync($"SELECT * FROM read_parquet('{_folder.Root}/{file}')"));
        Assert.Equal(1, await _folder.CountAsync($"SELECT sum(id) FROM read_parquet('{path}/a.parquet')"));
    }

    [Fact]
    public async Task Statements_that_are_no_query_touch_no_Delta_table()
    {
        var path = _folder.Declare("silver.t", "t");
        _folder.Write("t/a.parquet", "SELECT 1::BIGINT AS id");
        _folder.Commit("t", 0, Protocol, Metadata("id:long"), Add("a.parquet"));
        var before = Directory.GetFiles(path, "*", SearchOption.AllDirectories);
        foreach (var sql in (string[])[
            "DROP VIEW silver.t", "CREATE OR REPLACE VIEW silver.t AS SELECT 2 AS id", "INSERT INTO silver.t VALUES (1)", "DELETE FROM silver.t", $"COPY silver.t TO '{path}/x.parquet'",
            $"COPY (SELECT 1) TO '{path}/_delta_log/00000000000000000001.json'", "COMMIT", "ROLLBACK", "SELECT * FROM silver.t; COMMIT", "ABORT", $"ATTACH '{path}/x.db'", "SELECT * FROM query('DROP VIEW silver.t')",
            "SELECT * FROM \uff53ilver.t", "SELECT * FROM silver\u2024t"])
            await Assert.ThrowsAsync<VirtualizationQueryException>(() => _folder.ReadAsync(sql));
        using var rows = FeatureTable.FromColumns(("id", new[] { 2L }));
        await Assert.ThrowsAsync<VirtualizationQueryException>(() => _folder.Executor.DeclareTableAsync("silver.t", rows, TestContext.Current.CancellationToken));
        Assert.Equal(1, await _folder.CountAsync("SELECT sum(id) FROM silver.t"));
        Assert.Equal(before, Directory.GetFiles(path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_damaged_log_is_named()
    {
        _folder.Declare("t", "t");
        async Task RefusedAsync(string named) => Assert.Contains(named, (await Assert.ThrowsAsync<MetadataException>(() => _folder.ReadAsync("SELECT * FROM t"))).Message, StringComparison.Ordinal);
        _folder.Commit("t", 1, Add("a.parquet"));
        await RefusedAsync("'00000000000000000000.json' is missing");
        _folder.Commit("t", 0, Protocol);
        await RefusedAsync("no metadata");
        _folder.Commit("t", 0, Metadata("id:long"));
        await RefusedAsync("no protocol");
        _folder.Commit("t", 0, Protocol, Metadata("id:long"), "garbage");
        await RefusedAsync("line 3");
        _folder.Commit("t", 0, Protocol, Metadata("id:long"));
        _folder.Commit("t", 3, Add("a.parquet"));
        await RefusedAsync("'00000000000000000002.json' is missing between others");
        File.WriteAllText(Path.Combine(_folder.Root, "t/_delta_log/00000000000000000001.checkpoint.parquet"), "no parquet");
        await RefusedAsync("the checkpoint '00000000000000000001.checkpoint.parquet' cannot be read");
    }

    [Fact]
    public async Task A_log_that_begins_with_a_checkpoint_of_several_files_is_refused()
    {
        _folder.Declare("t", "t");
        _folder.Commit("t", 10, Add("a.parquet"));
        await File.WriteAllTextAsync(Path.Combine(_folder.Root, "t/_delta_log/00000000000000000010.checkpoint.0000000001.0000000002.parquet"), "x", TestContext.Current.CancellationToken);
        Assert.Contains("several files", (await Assert.ThrowsAsync<UnsupportedTableException>(() => _folder.ReadAsync("SELECT * FROM t"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_sees_one_version_while_others_are_committed()
    {
        _folder.Declare("t", "t");
        _folder.Commit("t", 0, Protocol, Metadata("id:long"));
        for (var version = 1; version <= 40; version++) _folder.Write($"t/{version}.parquet", $"SELECT {version}::BIGINT AS id");
        var writing = Task.Run(async () =>
        {
            for (var version = 1; version <= 40; version++)
            {
                _folder.Commit("t", version, version > 1 ? [Remove($"{version - 1}.parquet"), Add($"{version}.parquet")] : [Add("1.parquet")]);
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }, TestContext.Current.CancellationToken);
        var seen = new List<long>();
        async Task LookAsync()
        {
            while (!writing.IsCompleted)
            {
                using var rows = await _folder.ReadAsync("SELECT (SELECT coalesce(max(id), 0) FROM t) AS a, (SELECT coalesce(sum(id), 0)::BIGINT FROM t) AS b, (SELECT count(*) FROM t) AS n");
                Assert.Equal(rows.GetColumn<long>("a"), rows.GetColumn<long>("b"));
                Assert.InRange(rows.GetColumn<long>("n").Single(), 0, 1);
                lock (seen) seen.Add(rows.GetColumn<long>("a").Single());
            }
        }

        await Task.WhenAll(LookAsync(), LookAsync(), LookAsync());
        await writing;
        Assert.Equal(40, await _folder.CountAsync("SELECT sum(id) FROM t"));
        Assert.True(seen.Distinct().Count() > 3);
    }

    [Fact]
    public async Task A_table_that_was_made_again_is_another_one()
    {
        var path = _folder.Declare("t", "t");
        _folder.Write("t/a.parquet", "SELECT 1::BIGINT AS id");
        _folder.Commit("t", 0, Protocol, Metadata("id:long"), Add("a.parquet"));
        Assert.Equal(1, await _folder.CountAsync("SELECT sum(id) FROM t"));
        Directory.Delete(path, recursive: true);
        _folder.Write("t/b.parquet", "SELECT 8::BIGINT AS number");
        _folder.Commit("t", 0, Protocol, Metadata("number:long"), Add("b.parquet"));
        File.SetLastWriteTimeUtc(Path.Combine(path, "_delta_log/00000000000000000000.json"), new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(8, await _folder.CountAsync("SELECT sum(number) FROM t"));
    }

    [Fact]
    public void A_source_is_known_by_its_prefix()
    {
        Assert.Equal(DuckDBSource.Delta("/lake/users"), DuckDBSource.Parse("delta:/lake/users"));
        Assert.Throws<FormatException>(() => DuckDBSource.Parse("delta:"));
        Assert.Throws<ArgumentException>(() => DuckDBSource.Delta(" "));
    }
}
