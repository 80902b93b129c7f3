namespace Tauro.FeatureStore.Materialized.Tests;

public sealed class ForeignTableTests : IDisposable
{
    private const string Protocol = """{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}""";
    private const string Metadata = """{"metaData":{"id":"2f1c","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"id\",\"type\":\"long\",\"nullable\":true,\"metadata\":{}}]}","partitionColumns":[],"configuration":{}}}""";

    private readonly TableFolder _folder = new();

    [Fact]
    public async Task A_file_without_tags_has_the_time_and_version_of_its_commit()
    {
        _folder.WriteForeign(0, """{"commitInfo":{"timestamp":2000,"operation":"CREATE","operationParameters":{"isManaged":false},"tags":null}}""", Protocol, Metadata);
        _folder.WriteForeign(1, """{"add":{"path":"x%20y.parquet","partitionValues":{},"size":5,"modificationTime":1,"dataChange":true}}""",
            """{"add":{"path":"z.parquet","partitionValues":{},"size":6,"modificationTime":1,"dataChange":true,"stats":"{\"numRecords\":3,\"tightBounds\":true,\"maxValues\":{\"id\":9}}"}}""",
            """{"commitInfo":{"timestamp":5000,"operation":"WRITE"}}""");
        _folder.WriteForeign(2, """{"commitInfo":{"timestamp":4000}}""", Add("back.parquet")); // A clock that went back.
        _folder.WriteForeign(3, """{"commitInfo":{"timestamp":1,"inCommitTimestamp":9000}}""", Add("incommit.parquet"));
        _folder.WriteForeign(4, Add("silent.parquet"));
        var modified = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(Path.Combine(_folder.LogFolder, DeltaFileName.Commit(4)), modified);

        var table = (await _folder.ReadAsync())!;
        Assert.Equal(
            [("x y.parquet", 1, 0, 5_000_000, null), ("z.parquet", 1, 1, 5_000_000, 3), ("back.parquet", 2, 0, 5_000_001, null),
                ("incommit.parquet", 3, 0, 9_000_000, null), ("silent.parquet", 4, 0, UtcTime.FromDateTimeOffset(modified), (long?)null)],
            table.Files.Select(file => (file.Path, file.CommitVersion, file.Ordinal, file.CreatedTimeMicros, file.Rows)));
        Assert.Equal(new DeltaColumnStatistics(null, null, StatisticValue.Integer(9)), table.Files[1].ReadStatistics(table.Schema).Columns["id"]);
        Assert.Empty(table.Files[0].ReadStatistics(table.Schema).Columns);

        var step = await _folder.ReadAsync(3);
        Assert.Equal(table.History, (await _folder.ReadAsync(null, step))!.History);
    }

    [Fact]
    public async Task What_the_protocol_may_gain_is_passed_over()
    {
        _folder.WriteForeign(0, """{"futureAction":{"a":[1]}}""", Protocol, Metadata.Replace("\"id\":\"2f1c\"", "\"id\":\"2f1c\",\"later\":{}", StringComparison.Ordinal), "",
            """{"domainMetadata":{"domain":"d","configuration":"{}","removed":false}}""", """{"cdc":{"path":"_change_data/c.parquet"}}""", "  \r");
        Assert.Equal("2f1c", (await _folder.ReadAsync())!.Id);
    }

    [Fact]
    public async Task A_path_added_again_keeps_its_place()
    {
        _folder.WriteForeign(0, """{"commitInfo":{"timestamp":2000}}""", Protocol, Metadata, Add("a.parquet"), Add("b.parquet"));
        _folder.WriteForeign(1, """{"commitInfo":{"timestamp":3000}}""", Add("a.parquet", ""","stats":"{\"numRecords\":7}" """), Remove("b.parquet"));
        var file = Assert.Single((await _folder.ReadAsync())!.Files);
        Assert.Equal(("a.parquet", 0, 2_000_000, 7), (file.Path, file.CommitVersion, file.CreatedTimeMicros, file.Rows));
    }

    [Theory]
    [InlineData("""{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors"]}}""", "'deletionVectors'")]
    [InlineData("""{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["columnMapping","v2Checkpoint"],"writerFeatures":["columnMapping","v2Checkpoint"]}}""", "'columnMapping', 'v2Checkpoint'")]
    [InlineData("""{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["typeWidening"],"writerFeatures":["typeWidening"]}}""", "'typeWidening'")]
    [InlineData("""{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["notInventedYet"],"writerFeatures":["notInventedYet"]}}""", "'notInventedYet'")]
    [InlineData("""{"protocol":{"minReaderVersion":4,"minWriterVersion":8}}""", "version 4 of the Delta protocol")]
    public async Task A_protocol_that_is_not_understood_is_refused_by_name(string protocol, string name)
    {
        _folder.WriteForeign(0, protocol, Metadata);
        Assert.Contains(name, (await Assert.ThrowsAsync<UnsupportedTableException>(() => _folder.ReadAsync())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"configuration\":{}", "\"configuration\":{\"delta.columnMapping.mode\":\"name\"}", "'columnMapping'")]
    [InlineData("\"partitionColumns\":[]", "\"partitionColumns\":[\"day\"]", "partitioned by 'day'")]
    [InlineData("\"provider\":\"parquet\"", "\"provider\":\"orc\"", "'orc'")]
    [InlineData("\\\"long\\\"", "\\\"binary\\\"", "column 'id' cannot be read: the type 'binary'")]
    [InlineData("\\\"name\\\":\\\"id\\\"", "\\\"name\\\":\\\"i d\\\"", "'i d'")]
    public async Task Metadata_that_is_not_understood_is_refused_by_name(string usual, string unusual, string name)
    {
        _folder.WriteForeign(0, Protocol, Metadata.Replace(usual, unusual, StringComparison.Ordinal));
        Assert.Contains(name, (await Assert.ThrowsAsync<UnsupportedTableException>(() => _folder.ReadAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_deleted_by_a_vector_are_refused_while_their_file_is_in_the_table()
    {
        _folder.WriteForeign(0, Protocol, Metadata, Add("a.parquet", ""","deletionVector":{"storageType":"u"}"""));
        Assert.Contains("'deletionVectors'", (await Assert.ThrowsAsync<UnsupportedTableException>(() => _folder.ReadAsync())).Message, StringComparison.Ordinal);
        _folder.WriteForeign(1, Remove("a.parquet"), Add("b.parquet"));
        Assert.Equal(["b.parquet"], (await _folder.ReadAsync())!.Files.Select(file => file.Path));
    }

    [Theory]
    [InlineData(""" "minWriterVersion":7,"writerFeatures":["appendOnly","rowTracking"] """, "", "'rowTracking'")]
    [InlineData(""" "minWriterVersion":8 """, "", "version 8")]
    [InlineData(""" "minWriterVersion":3 """, "\"delta.constraints.c\":\"id > 0\"", "'checkConstraints'")]
    [InlineData(""" "minWriterVersion":4 """, "\"delta.enableChangeDataFeed\":\"true\"", "'changeDataFeed'")]
    public async Task A_table_of_rules_that_are_not_understood_is_read_and_not_written(string writer, string configuration, string name)
    {
        _folder.WriteForeign(0, $$$"""{"protocol":{"minReaderVersion":1,{{{writer}}}}}""",
            Metadata.Replace("\"configuration\":{}", $$"""
                "configuration":{{{configuration}}}
                """, StringComparison.Ordinal));
        await RefusedAsync(name);
    }

    [Fact]
    public async Task A_table_of_column_rules_is_read_and_not_written()
    {
        _folder.WriteForeign(0, Protocol, Metadata.Replace("\\\"metadata\\\":{}", "\\\"metadata\\\":{\\\"delta.invariants\\\":\\\"x\\\"}", StringComparison.Ordinal));
        await RefusedAsync("'invariants'");
    }

    [Fact]
    public async Task A_plain_table_of_another_program_is_appended_to_and_keeps_its_schema()
    {
        _folder.WriteForeign(0, Protocol, Metadata, Add("a.parquet"));
        var table = (await _folder.ReadAsync())!;
        var append = _folder.Log.Begin(table, "WRITE");
        Assert.Throws<UnsupportedTableException>(() => append.SetSchema(TableFolder.Schema));
        append.Add(new DeltaNewFile("b.parquet", 1, 1, new Dictionary<string, DeltaColumnStatistics>()));
        var written = (await append.CommitAsync(TestContext.Current.CancellationToken)).Snapshot;
        Assert.Equal(["a.parquet", "b.parquet"], written.Files.Select(file => file.Path));
        Assert.Equal(table.Protocol, (await _folder.ReadAsync())!.Protocol);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("file:///etc/passwd")]
    [InlineData("s3://bucket/a.parquet")]
    [InlineData("../a.parquet")]
    [InlineData("%2e%2e/a.parquet")]
    [InlineData("x/%2E%2E%2Fa.parquet")]
    [InlineData("%2Fetc%2Fpasswd")]
    [InlineData("C:\\\\a.parquet")]
    [InlineData("x\\\\..\\\\a.parquet")]
    [InlineData("x//a.parquet")]
    [InlineData("./a.parquet")]
    [InlineData("a%00.parquet")]
    [InlineData("")]
    public async Task A_path_outside_the_folder_is_refused(string path)
    {
        foreach (var line in new[] { Add(path), Remove(path) })
        {
            _folder.WriteForeign(0, Protocol, Metadata, line);
            Assert.Contains("line 3 of the commit '00000000000000000000.json'", (await Assert.ThrowsAsync<MetadataException>(() => _folder.ReadAsync())).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"add":{"path":"a.parquet","size":1""")]
    [InlineData("garbage")]
    [InlineData("[]")]
    [InlineData("""{"add":[]}""")]
    [InlineData("""{"add":{"size":1}}""")]
    [InlineData("""{"add":{"path":7,"size":1}}""")]
    [InlineData("""{"add":{"path":"a.parquet","size":-1}}""")]
    [InlineData("""{"add":{"path":"a.parquet","size":1e99}}""")]
    [InlineData("""{"add":{"path":"a.parquet","path":"b.parquet","size":1}}""")]
    [InlineData("""{"add":{"path":"\ud800.parquet","size":1}}""")]
    [InlineData("""{"add":{"path":"a.parquet","size":1,"stats":"{\"numRecords\":"}}""")]
    [InlineData("""{"add":{"path":"a.parquet","size":1,"stats":"{\"numRecords\":-4}"}}""")]
    [InlineData("""{"add":{"path":"a.parquet","size":1,"tags":{"tauro.createdTime":"soon"}}}""")]
    [InlineData("""{"add":{"path":"a.parquet","size":1,"tags":{"tauro.createdTime":"9223372036854775807"}}}""")]
    [InlineData("""{"commitInfo":{"timestamp":9223372036854775807}}""")]
    [InlineData("""{"txn":{"appId":"a"}}""")]
    public async Task A_garbled_line_is_named(string line)
    {
        _folder.WriteForeign(0, Protocol, "", Metadata, line);
        var error = await Assert.ThrowsAsync<MetadataException>(() => _folder.ReadAsync());
        Assert.Contains("line 4 of the commit '00000000000000000000.json'", error.Message, StringComparison.Ordinal);
        Assert.Equal(TableFolder.Group, error.FeatureGroup);
    }

    [Fact]
    public async Task A_log_without_its_beginning_is_damaged()
    {
        _folder.WriteForeign(0, Protocol);
        Assert.Contains("no metadata", (await Assert.ThrowsAsync<MetadataException>(() => _folder.ReadAsync())).Message, StringComparison.Ordinal);
        _folder.WriteForeign(0, Metadata);
        Assert.Contains("no protocol", (await Assert.ThrowsAsync<MetadataException>(() => _folder.ReadAsync())).Message, StringComparison.Ordinal);
        _folder.WriteForeign(0, Protocol, Metadata.Replace("\\\"struct\\\",\\\"fields\\\":[", "\\\"struct\\\",\\\"fields\\\":[[", StringComparison.Ordinal));
        Assert.Contains("schema cannot be read", (await Assert.ThrowsAsync<MetadataException>(() => _folder.ReadAsync())).Message, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(Path.Combine(_folder.LogFolder, DeltaFileName.Commit(0)), [], TestContext.Current.CancellationToken);
        Assert.Contains("empty", (await Assert.ThrowsAsync<MetadataException>(() => _folder.ReadAsync())).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static string Add(string path, string more = "") =>
        $$$"""{"add":{"path":"{{{path}}}","partitionValues":{},"size":5,"modificationTime":1,"dataChange":true{{{more}}}}}""";

    private static string Remove(string path) => $$$"""{"remove":{"path":"{{{path}}}","deletionTimestamp":1,"dataChange":true}}""";

    private async Task RefusedAsync(string name)
    {
        var table = (await _folder.ReadAsync())!;
        var append = _folder.Log.Begin(table, "WRITE");
        append.Add(new DeltaNewFile("b.parquet", 1, 1, new Dictionary<string, DeltaColumnStatistics>()));
        var error = await Assert.ThrowsAsync<UnsupportedTableException>(() => append.CommitAsync(TestContext.Current.CancellationToken));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_folder.LogFolder));
    }
}
