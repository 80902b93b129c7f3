namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>What a caller's SQL may not do.</summary>
public sealed class IsolationTests : IAsyncDisposable
{
    private readonly string _outside = Directory.CreateTempSubdirectory("tauro-outside").FullName;
    private readonly string _inside = Directory.CreateTempSubdirectory("tauro-inside").FullName;
    private readonly DuckDBQueryExecutor _executor;

    public IsolationTests()
    {
        File.WriteAllText(Path.Combine(_outside, "secret.csv"), "a\n1\n");
        File.WriteAllText(Path.Combine(_inside, "open.csv"), "a\n1\n");
        File.WriteAllText(Path.Combine(_outside, "one.csv"), "a\n2\n");
        _executor = new DuckDBQueryExecutor(new FeatureStoreContext(_inside), new DuckDBOptions { AllowedPaths = [Path.Combine(_outside, "one.csv")] });
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _executor.DisposeAsync();
        Directory.Delete(_outside, recursive: true);
        Directory.Delete(_inside, recursive: true);
    }

    [Fact]
    public async Task Allowed_paths_are_read()
    {
        foreach (var path in (string[])[Path.Combine(_inside, "open.csv"), Path.Combine(_outside, "one.csv")])
        {
            using var table = await _executor.ExecuteAsync("SELECT count(*) AS n FROM read_csv($path)", new Dictionary<string, object?> { ["path"] = path }, cancellationToken: Token);
            Assert.Equal(1, table.GetColumn<long>("n").Single());
        }
    }

    [Theory]
    [InlineData("SELECT * FROM read_csv('{0}/secret.csv')")]
    [InlineData("SELECT * FROM read_text('{0}/secret.csv')")]
    [InlineData("SELECT * FROM '{0}/secret.csv'")]
    [InlineData("SELECT * FROM read_csv('{1}/../' || '{0}/secret.csv')")]
    [InlineData("SELECT * FROM read_csv('{1}/../../../../../../../../..{0}/secret.csv')")]
    [InlineData("SELECT * FROM glob('{0}/*')")]
    [InlineData("SELECT * FROM query('COPY (SELECT 1) TO ''{1}/x.csv''')")]
    [InlineData("COPY (SELECT 1) TO '{1}/x.csv'")]
    [InlineData("COPY (SELECT 1) TO '{0}/x.csv'")]
    [InlineData("EXPORT DATABASE '{1}/x'")]
    [InlineData("IMPORT DATABASE '{1}/x'")]
    [InlineData("ATTACH '{1}/x.db'")]
    [InlineData("INSTALL httpfs")]
    [InlineData("LOAD '{1}/x.duckdb_extension'")]
    [InlineData("SELECT * FROM read_csv('https://example.com/a.csv')")]
    [InlineData("PRAGMA enable_profiling")]
    [InlineData("PRAGMA memory_limit='1GB'")]
    [InlineData("SET enable_external_access = true")]
    [InlineData("SET GLOBAL allowed_directories = ['/']")]
    [InlineData("SET TimeZone = 'Europe/Madrid'")]
    [InlineData("RESET lock_configuration")]
    [InlineData("SET VARIABLE a = 1")]
    [InlineData("CREATE TABLE a AS SELECT 1")]
    [InlineData("CREATE SECRET s (TYPE s3)")]
    [InlineData("INSERT INTO a VALUES (1)")]
    [InlineData("CALL pragma_version()")]
    [InlineData("EXPLAIN ANALYZE SELECT 1")]
    [InlineData("BEGIN")]
    [InlineData("CHECKPOINT")]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("SELECT 1; DROP TABLE a; --")]
    [InlineData("SELECT 1) LIMIT 1; COPY (SELECT 1) TO '{1}/x.csv'; SELECT * FROM (SELECT 2")]
    [InlineData("-- nothing")]
    [InlineData(";")]
    [InlineData("SELECT 1 /*")]
    public async Task Everything_else_is_refused(string template)
    {
        var sql = template.Replace("{0}", _outside, StringComparison.Ordinal).Replace("{1}", _inside, StringComparison.Ordinal);
        await Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.ExecuteAsync(sql, cancellationToken: Token));
        await Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.DescribeAsync(sql, cancellationToken: Token));
        Assert.Equal(["open.csv"], Directory.EnumerateFileSystemEntries(_inside).Select(Path.GetFileName));
        using var table = await _executor.ExecuteAsync("SELECT current_setting('TimeZone') AS zone, current_setting('enable_external_access') AS open", cancellationToken: Token);
        Assert.Equal(["UTC"], table.GetColumn<string>("zone"));
        Assert.Equal([false], table.GetColumn<bool>("open"));
    }

    [Theory]
    [InlineData("{1}*/secret.csv")]
    [InlineData("{1}/../*/secret.csv")]
    [InlineData("{1}/**/../../*/secret.csv")]
    [InlineData("{0}/one.csv*")]
    [InlineData("{0}/[os]*.csv")]
    [InlineData("{1}-other/secret.csv")]
    [InlineData("file://{0}/secret.csv")]
    [InlineData("/proc/self/environ")]
    [InlineData("/dev/stdin")]
    [InlineData("~/secret.csv")]
    public async Task No_pattern_and_no_other_spelling_reaches_out(string template)
    {
        Directory.CreateDirectory(_inside + "-other");
        try
        {
            File.WriteAllText(_inside + "-other/secret.csv", "a\n1\n");
            var path = template.Replace("{0}", _outside, StringComparison.Ordinal).Replace("{1}", _inside, StringComparison.Ordinal);
            foreach (var function in (string[])["read_csv", "read_text", "read_blob", "read_json", "read_parquet", "glob", "parquet_schema", "sniff_csv"])
                foreach (var sql in (string[])[$"SELECT * FROM {function}('{path}')", $"SELECT * FROM {function}($path)"])
                    await Assert.ThrowsAsync<VirtualizationQueryException>(async () =>
                    {
                        using var found = await _executor.ExecuteAsync(sql, new Dictionary<string, object?> { ["path"] = path }, cancellationToken: Token);
                        if (function == "glob" && found.RowCount == 0) throw new VirtualizationQueryException("It saw nothing.");
                    });
        }
        finally
        {
            Directory.Delete(_inside + "-other", recursive: true);
        }
    }

    [Fact]
    public async Task A_link_out_of_an_open_folder_is_closed()
    {
        File.CreateSymbolicLink(Path.Combine(_inside, "link.csv"), Path.Combine(_outside, "secret.csv"));
        Directory.CreateSymbolicLink(Path.Combine(_inside, "folder"), _outside);
        foreach (var path in (string[])["link.csv", "folder/secret.csv", "folder/*.csv"])
            await Assert.ThrowsAsync<VirtualizationQueryException>(() => _executor.ExecuteAsync($"SELECT count(*) AS n FROM read_csv('{_inside}/{path}')", cancellationToken: Token));
    }

    [Fact]
    public async Task Nothing_is_left_for_the_next_caller()
    {
        using var tables = await _executor.ExecuteAsync("SELECT count(*) AS n FROM duckdb_tables()", cancellationToken: Token);
        Assert.Equal(0, tables.GetColumn<long>("n").Single());
        using var secrets = await _executor.ExecuteAsync("SELECT count(*) AS n FROM duckdb_secrets()", cancellationToken: Token);
        Assert.Equal(0, secrets.GetColumn<long>("n").Single());
    }
}
