using System.Globalization;
using System.Text.Json;

namespace Tauro.FeatureStore.Materialized.Tests;

public sealed class DeltaLogTests : IDisposable
{
    private readonly TableFolder _folder = new();

    private static long NowMicros => UtcTime.FromDateTimeOffset(TableFolder.Now);

    [Fact]
    public async Task A_folder_without_a_log_is_no_table()
    {
        Assert.Null(await _folder.ReadAsync());
        Assert.Null(await _folder.ReadAsync(3));
        Assert.Null(await _folder.Log.FindVersionAsync(NowMicros, null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_was_committed_is_read_back()
    {
        var written = await _folder.AppendAsync(await _folder.CreateAsync(), "a.parquet", "b c+%é.parquet");
        var read = (await _folder.ReadAsync())!;

        Assert.Equal(1, read.Version);
        Assert.Equal(written.Id, read.Id);
        Assert.Equal(TableFolder.Schema, read.Schema);
        Assert.Equal(DeltaFeatures.NewTable, read.Protocol);
        Assert.Equal(["a.parquet", "b c+%é.parquet"], read.Files.Select(file => file.Path));
        var file = read.Files[1];
        Assert.Equal((1_000, 10, 1, 1, NowMicros + 1), (file.Size, file.Rows, file.CommitVersion, file.Ordinal, file.CreatedTimeMicros));
        Assert.Equal(new DeltaColumnStatistics(2, StatisticValue.Integer(-5), StatisticValue.Integer(99)), file.ReadStatistics(read.Schema).Columns["age"]);
        Assert.Equal(written.Files.Select(f => (f.Path, f.Rows, f.CommitVersion, f.Ordinal, f.CreatedTimeMicros, f.StatisticsText)),
            read.Files.Select(f => (f.Path, f.Rows, f.CommitVersion, f.Ordinal, f.CreatedTimeMicros, f.StatisticsText)));
        Assert.Equal(NowMicros + 1, read.LastCreatedTimeMicros);
        Assert.Equal(written.History, read.History);
    }

    [Fact]
    public async Task A_commit_holds_the_fields_that_the_protocol_requires()
    {
        await _folder.AppendAsync(await _folder.CreateAsync(), "a b.parquet");
        var create = Lines(0);
        Assert.Equal("""{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["appendOnly","invariants","tauro.featureStore"]}""", create[1].GetProperty("protocol").GetRawText());
        var metadata = create[2].GetProperty("metaData");
        Assert.True(Guid.TryParse(metadata.GetProperty("id").GetString(), out _));
        Assert.Equal("""{"provider":"parquet","options":{}}""", metadata.GetProperty("format").GetRawText());
        Assert.Equal("""{"type":"struct","fields":[{"name":"user_id","type":"long","nullable":false,"metadata":{}},{"name":"age","type":"integer","nullable":true,"metadata":{}}]}""",
            metadata.GetProperty("schemaString").GetString());
        Assert.Equal("[]", metadata.GetProperty("partitionColumns").GetRawText());
        Assert.Equal("{}", metadata.GetProperty("configuration").GetRawText());

        var append = Lines(1);
        Assert.Equal("WRITE", append[0].GetProperty("commitInfo").GetProperty("operation").GetString());
        Assert.Equal("10", append[0].GetProperty("commitInfo").GetProperty("operationMetrics").GetProperty("numOutputRows").GetString());
        var add = append[1].GetProperty("add");
        Assert.Equal("a%20b.parquet", add.GetProperty("path").GetString());
        Assert.Equal("{}", add.GetProperty("partitionValues").GetRawText());
        Assert.True(add.GetProperty("dataChange").GetBoolean());
        Assert.Equal((NowMicros + 1).ToString(CultureInfo.InvariantCulture), add.GetProperty("tags").GetProperty("tauro.createdTime").GetString());
        Assert.Equal("0", add.GetProperty("tags").GetProperty("tauro.fileOrdinal").GetString());
        Assert.Equal("""{"numRecords":10,"minValues":{"user_id":1,"age":-5},"maxValues":{"user_id":10,"age":99},"nullCount":{"user_id":0,"age":2}}""",
            add.GetProperty("stats").GetString());
    }

    [Fact]
    public async Task Removed_files_are_gone_from_later_snapshots_only()
    {
        var first = await _folder.AppendAsync(await _folder.CreateAsync(), "a.parquet", "b.parquet");
        var overwrite = _folder.Log.Begin(first, "WRITE", DeltaDependency.AllRows);
        foreach (var file in first.Files) overwrite.Remove(file);
        overwrite.Add(TableFolder.File("c.parquet"));
        await overwrite.CommitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["c.parquet"], (await _folder.ReadAsync())!.Files.Select(file => file.Path));
        Assert.Equal(["a.parquet", "b.parquet"], (await _folder.ReadAsync(1))!.Files.Select(file => file.Path));
        Assert.Empty((await _folder.ReadAsync(0))!.Files);
    }

    [Fact]
    public async Task A_moment_finds_the_version_that_was_newest_then()
    {
        var snapshot = await _folder.CreateAsync();
        _folder.Clock.Advance(TimeSpan.FromHours(1));
        snapshot = await _folder.AppendAsync(snapshot, "a.parquet");
        var hour = NowMicros + 3_600_000_000;

        foreach (var known in new[] { null, snapshot })
        {
            Assert.Null(await Find(NowMicros - 1, known));
            Assert.Equal(0, await Find(NowMicros, known));
            Assert.Equal(0, await Find(hour - 1, known));
            Assert.Equal(1, await Find(hour, known));
            Assert.Equal(1, await Find(long.MaxValue, known));
        }

        Task<long?> Find(long micros, DeltaSnapshot? known) => _folder.Log.FindVersionAsync(micros, known, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_version_that_is_not_there_is_refused_with_those_that_are()
    {
        var known = await _folder.AppendAsync(await _folder.CreateAsync(), "a.parquet");
        foreach (var start in new[] { null, known })
        {
            var error = await Assert.ThrowsAsync<FeatureMaterializationException>(() => _folder.ReadAsync(2, start));
            Assert.Contains("there is no version 2; its versions are 0 to 1", error.Message, StringComparison.Ordinal);
            Assert.Equal(TableFolder.Group, error.FeatureGroup);
        }
    }

    [Fact]
    public async Task A_refresh_looks_once_where_nothing_is_new_and_reads_only_what_is()
    {
        var known = await _folder.AppendAsync(await _folder.CreateAsync(), "a.parquet");
        var log = _folder.Counted();

        Assert.Same(known, await log.ReadSnapshotAsync(null, known, TestContext.Current.CancellationToken));
        Assert.Equal(["exists 00000000000000000002.json"], Calls());
        Assert.Same(known, await log.ReadSnapshotAsync(1, known, TestContext.Current.CancellationToken));
        Assert.Empty(Calls());

        var newer = await _folder.AppendAsync(await _folder.AppendAsync(known, "b.parquet"), "c.parquet");
        var refreshed = (await log.ReadSnapshotAsync(null, known, TestContext.Current.CancellationToken))!;
        Assert.Equal(["exists 00000000000000000002.json", "read 00000000000000000002.json", "read 00000000000000000003.json", "read 00000000000000000004.json"], Calls());
        Assert.Equal(newer.Files.Select(file => file.Path), refreshed.Files.Select(file => file.Path));
        Assert.Equal(newer.History, refreshed.History);
        Assert.Same(known.Schema, refreshed.Schema);
        Assert.Equal(["a.parquet"], known.Files.Select(file => file.Path));

        List<string> Calls()
        {
            List<string> calls = [.. _folder.Storage.Calls];
            _folder.Storage.Calls.Clear();
            return calls;
        }
    }

    [Fact]
    public async Task Other_files_in_the_folder_are_no_commits()
    {
        await _folder.CreateAsync();
        foreach (var name in new[] { ".00000000000000000001.json.0f.tmp", "00000000000000000009.crc", "00000000000000000000.00000000000000000009.compacted.json",
            "00000000000000000000.checkpoint.parquet", "_last_checkpoint", "99999999999999999999.json", "notes.json" })
            await File.WriteAllTextAsync(Path.Combine(_folder.LogFolder, name), "{torn", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await _folder.ReadAsync())!.Version);
    }

    [Fact]
    public async Task A_missing_commit_is_named()
    {
        await _folder.AppendAsync(await _folder.AppendAsync(await _folder.CreateAsync(), "a.parquet"), "b.parquet");
        File.Delete(Path.Combine(_folder.LogFolder, DeltaFileName.Commit(1)));
        Assert.Contains("'00000000000000000001.json' is missing", (await Assert.ThrowsAsync<MetadataException>(() => _folder.ReadAsync())).Message, StringComparison.Ordinal);

        File.Delete(Path.Combine(_folder.LogFolder, DeltaFileName.Commit(0)));
        Assert.Contains("'00000000000000000000.json' is missing", (await Assert.ThrowsAsync<MetadataException>(() => _folder.ReadAsync())).Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path.Combine(_folder.LogFolder, "00000000000000000002.checkpoint.parquet"), "PAR1", TestContext.Current.CancellationToken);
        Assert.Contains("checkpoint", (await Assert.ThrowsAsync<MetadataException>(() => _folder.ReadAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_after_a_version_that_is_not_there_is_refused()
    {
        await _folder.CreateAsync();
        await Assert.ThrowsAsync<MetadataException>(() => _folder.Log.TryCommitAsync(2, [new DeltaTransactionId("a", 0, null)], TestContext.Current.CancellationToken));
        Assert.False(File.Exists(Path.Combine(_folder.LogFolder, DeltaFileName.Commit(2))));
    }

    [Fact]
    public async Task A_cancelled_commit_leaves_nothing()
    {
        var start = await _folder.CreateAsync();
        var transaction = _folder.Log.Begin(start, "WRITE");
        transaction.Add(TableFolder.File("a.parquet"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => transaction.CommitAsync(new CancellationToken(canceled: true)));
        Assert.Equal(["00000000000000000000.json"], Directory.GetFiles(_folder.LogFolder).Select(Path.GetFileName));
    }

    public void Dispose() => _folder.Dispose();

    private List<JsonElement> Lines(long version) =>
        [.. File.ReadLines(Path.Combine(_folder.LogFolder, DeltaFileName.Commit(version))).Select(line => JsonDocument.Parse(line).RootElement)];
}
