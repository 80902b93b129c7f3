using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>A table's folder that a test makes and removes, with what its tests often need.</summary>
internal sealed class TableFolder : IDisposable
{
    public const string Group = "user_features";
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly DeltaSchema Schema = new(
    [
        new DeltaColumn("user_id", DataType.BigInt, Nullable: false),
        new DeltaColumn("age", DataType.Int, Nullable: true),
    ]);

    private readonly string _root = Directory.CreateTempSubdirectory("tauro-log-").FullName;

    public TableFolder()
    {
        Storage = new CountingStorage(new LocalFileStorage(_root));
        Log = NewLog();
    }

    public CountingStorage Storage { get; }

    public FakeTimeProvider Clock { get; } = new(Now);

    public DeltaLog Log { get; }

    public string LogFolder => Path.Combine(_root, "users", "_delta_log");

    /// <summary>A log of its own over the same folder, as another process has.</summary>
    public DeltaLog NewLog() => new(new LocalFileStorage(_root), "users", Group, Clock);

    public DeltaLog Counted() => new(Storage, "users", Group, Clock);

    public async Task<DeltaSnapshot> CreateAsync(DeltaSchema? schema = null)
    {
        var transaction = Log.Begin(null, "CREATE TABLE");
        transaction.SetSchema(schema ?? Schema);
        return (await transaction.CommitAsync(TestContext.Current.CancellationToken)).Snapshot;
    }

    public async Task<DeltaSnapshot> AppendAsync(DeltaSnapshot start, params string[] paths)
    {
        var transaction = Log.Begin(start, "WRITE");
        foreach (var path in paths) transaction.Add(File(path));
        return (await transaction.CommitAsync(TestContext.Current.CancellationToken)).Snapshot;
    }

    public Task<DeltaSnapshot?> ReadAsync(long? version = null, DeltaSnapshot? known = null) =>
        NewLog().ReadSnapshotAsync(version, known, TestContext.Current.CancellationToken);

    public static DeltaNewFile File(string path) => new(path, 1_000, 10, new Dictionary<string, DeltaColumnStatistics>
    {
        ["user_id"] = new(0, StatisticValue.Integer(1), StatisticValue.Integer(10)),
        ["age"] = new(2, StatisticValue.Integer(-5), StatisticValue.Integer(99)),
    });

    /// <summary>Writes a commit as another program would.</summary>
    public void WriteForeign(long version, params string[] lines)
    {
        Directory.CreateDirectory(LogFolder);
        System.IO.File.WriteAllText(Path.Combine(LogFolder, DeltaFileName.Commit(version)), string.Join('\n', lines) + "\n", new UTF8Encoding(false));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
