using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>A merge of a stream of more rows than may be in memory leaves the very table that a merge in memory leaves, and nothing else.</summary>
public sealed class SpilledMergeTests : IDisposable
{
    private const int RowsAtOnce = 10;

    private readonly string _root = Directory.CreateTempSubdirectory("tauro-merge-").FullName;
    private int _folders;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Shapes => [.. FactTable.Shapes];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task The_table_is_that_of_a_merge_in_memory(string shape)
    {
        for (var seed = 0; seed < 8; seed++)
        {
            var inMemory = await MergeAsync(shape, seed, int.MaxValue);
            var spilled = await MergeAsync(shape, seed, RowsAtOnce);
            Assert.True(inMemory.SequenceEqual(spilled), $"seed {seed}:\n{string.Join('\n', inMemory)}\n\n{string.Join('\n', spilled)}");
        }
    }

    [Fact]
    public async Task Of_rows_of_one_key_and_time_in_many_spills_the_last_wins()
    {
        var table = new FactTable("static", NewStorage(), RowsAtOnce);
        await table.WriteAsync(WriteMode.Merge, Enumerable.Range(0, 20).Select(piece => Enumerable.Range(0, 7).Select(key => (key, 0, piece)).ToArray()));
        Assert.Equal(Enumerable.Range(0, 7).Select(key => $"{key} 19 'note 19' v0"), await table.ReadAsync());
    }

    [Fact]
    public async Task A_failure_of_a_spilled_merge_leaves_the_table_and_nothing_else()
    {
        for (var failAt = 1; ; failAt += 1 + (failAt / 10)) // Of hundreds of operations alike some are enough.
        {
            var storage = NewStorage();
            var table = new FactTable("keys and time", storage, RowsAtOnce);
            await table.WriteAsync(WriteMode.Append, new Random(1), 20);
            var (files, rows) = (table.Files(), await table.ReadAsync());

            var failing = new FailingStorage(storage) { FailAt = failAt };
            try
            {
                await new FactTable("keys and time", failing, RowsAtOnce).WriteAsync(WriteMode.Merge, new Random(2), 50);
                Assert.InRange(failAt, 100, int.MaxValue); // A file for most of the spilled keys and times is created, written and deleted.
                break;
            }
            catch (IOException)
            {
                // A file that cannot be deleted stays until a vacuum.
                var left = table.Files().Except(files).ToArray();
                Assert.True(failing.Failed == nameof(IFileStorage.Delete) ? left.Length <= 1 : left.Length == 0, $"operation {failAt}, {failing.Failed}: {string.Join(" ", left)}");
                Assert.Equal(rows, await new FactTable("keys and time", storage).ReadAsync());
            }
        }
    }

    [Fact]
    public async Task What_a_crash_leaves_of_a_spill_is_no_data_and_goes_with_a_vacuum()
    {
        await using var folder = new StoreFolder();
        await folder.RegisterAsync();
        await folder.AppendAsync((1, 0, 31));
        var storage = new LocalFileStorage(folder.Root);
        var dying = new FailingStorage(storage);
        using (var rows = StoreFolder.Rows((1, 0, 32)))
        using (var scratch = ScratchFile.Create(dying, "users/v1", rows.Schema))
        {
            await scratch.AddAsync(rows.Batches[0], Token);
            dying.IsDead = true;
        }

        Assert.Equal(2, storage.List("users/v1").Count);

        Assert.Single(folder.DataFiles());
        Assert.Equal([(1, 0, 31)], await folder.ReadAllAsync());
        await folder.Store.VacuumAsync("users", cancellationToken: Token);
        Assert.Equal(2, storage.List("users/v1").Count);
        folder.Clock.Advance(TimeSpan.FromDays(8));
        await folder.Store.VacuumAsync("users", cancellationToken: Token);
        Assert.Single(storage.List("users/v1"));
        Assert.Equal([(1, 0, 31)], await folder.ReadAllAsync());
    }

    [Fact]
    public async Task Columns_of_any_type_come_back_from_a_scratch_file() => await CsCheck.Check.SampleAsync(Generated.Columns, async generated =>
    {
        var (type, values, from) = generated;
        using var array = Cells.Build(type, values);
        var schema = new Schema([ArrowTypes.ToField("c", type)], null);
        using var scratch = ScratchFile.Create(new LocalFileStorage(_root), "types", schema);
        foreach (var start in (int[])[0, from])
        {
            using var rows = new RecordBatch(schema, [ArrowTake.Take(array, [.. Enumerable.Range(start, values.Length - start)])], values.Length - start);
            await scratch.AddAsync(rows, Token);
        }

        var texts = new List<string>();
        await foreach (var batch in scratch.ReadAsync(Token))
            using (batch) texts.AddRange(Cells.Texts(batch.Column(0), type));
        Assert.Equal(Cells.Texts([.. values, .. values.Skip(from)]), texts);
    }, iter: 200, threads: 1);

    private LocalFileStorage NewStorage() => new(Path.Combine(_root, (++_folders).ToString(CultureInfo.InvariantCulture)));

    /// <summary>Appends, then merges twice; gives all rows.</summary>
    private async Task<string[]> MergeAsync(string shape, int seed, int rowsAtOnce)
    {
        var random = new Random(seed);
        var table = new FactTable(shape, NewStorage(), rowsAtOnce);
        await table.WriteAsync(WriteMode.Append, random, 40);
        await table.WriteAsync(WriteMode.Merge, random, random.Next(60));
        await table.WriteAsync(WriteMode.Merge, random, 40);
        Assert.All(table.Files(), file => Assert.EndsWith(".parquet", file, StringComparison.Ordinal));
        return await table.ReadAsync();
    }
}
