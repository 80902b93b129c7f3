using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>
/// The managed executor against a plain loop, over files of every layout that its shortcuts meet: sorted and not, several row groups and pages, rows of one key
/// and time on both sides of a border, null keys, few and many spine rows, with a cache and without.
/// </summary>
public sealed class ManagedExecutorTests : ParquetFixture
{
    private const int FileRows = 20_000;
    private const int RowsPerGroup = 11_000;

    private static readonly PlanColumn Time = new("time", DataType.Timestamp);
    private static readonly PlanColumn Value = new("value", DataType.Double);
    private static readonly PlanColumn Label = new("label", DataType.String);
    private static readonly PlanColumn Price = new("price", DataType.Decimal(20, 2));

    public static TheoryData<string, bool, int, bool> Cases => new(
        from keys in new[] { "whole", "text", "both", "none" } from sorted in new[] { true, false } from spine in new[] { 3, 60 } from cached in new[] { false, true }
        select (keys, sorted, spine, cached));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Every_layout_gives_the_rows_of_a_plain_loop(string keys, bool sorted, int spineRows, bool cached)
    {
        var random = new Random(spineRows + (sorted ? 1 : 0));
        Fact[][] files = [.. Enumerable.Range(0, 3).Select(file => Facts(random, file, sorted))];
        var sources = new List<ParquetSourceFile>();
        foreach (var (facts, file) in files.Select((facts, file) => (facts, file))) sources.Add(await WriteAsync(facts, file));
        (long? Id, string? Name, long Time)[] spine = [.. Enumerable.Range(0, spineRows).Select(_ => (Key(random), NameOf(random.Next(8)), random.NextInt64(5_000)))];

        using var cache = cached ? new ReadCache(64, TimeProvider.System) : null;
        var executor = new ManagedPlanExecutor(cache);
        foreach (var visibility in new[]
        {
            new VisibilityRule(0, null, true, false), new VisibilityRule(100, 700, true, false), new VisibilityRule(0, null, false, false), new VisibilityRule(10, null, true, true),
        })
        {
            foreach (var notNull in new[] { null, Value })
            {
                var plan = Plan(keys, spine, new ParquetSource(sources), visibility, notNull);
                for (var run = 0; run < (cached ? 2 : 1); run++)
                    SameRows([.. spine.Select(row => Expected(files, keys, row, visibility, notNull is not null))], await RunAsync(executor, plan));
            }
        }
    }

    [Theory]
    [InlineData("whole", true)]
    [InlineData("text", true)]
    [InlineData("both", true)]
    [InlineData("whole", false)]
    [InlineData("both", false)]
    public async Task Latest_values_in_the_cache_answer_as_the_files_do_at_every_later_moment(string keys, bool sorted)
    {
        var random = new Random(7);
        Fact[][] files = [.. Enumerable.Range(0, 3).Select(file => Facts(random, file, sorted))];
        var sources = new List<ParquetSourceFile>();
        foreach (var (facts, file) in files.Select((facts, file) => (facts, file))) sources.Add(await WriteAsync(facts, file));
        var source = new ParquetSource(sources);
        VisibilityRule[] rules = [new(0, null, true, false), new(100, 700, true, false), new(0, 300, false, false)];
        using var cache = new ReadCache(64, new ClockAt(2_000));
        var executor = new ManagedPlanExecutor(cache);

        // The first read at the moment of the clock searches, the second finds the latest values. Earlier moments are searched for.
        foreach (var moment in new[] { 2_000L, 2_000, 1_500, 2_600, 5_000 })
            foreach (var rule in rules)
                foreach (var notNull in new[] { null, Value }) await CheckAsync(moment, rule, notNull);

        foreach (var file in sources) File.Delete(file.Path);
        foreach (var rule in rules)
            foreach (var notNull in new[] { null, Value }) await CheckAsync(3_210, rule, notNull);

        async Task CheckAsync(long moment, VisibilityRule rule, PlanColumn? notNull)
        {
            (long? Id, string? Name, long Time)[] spine = [.. Enumerable.Range(0, 20).Select(_ => (Key(random), NameOf(random.Next(8)), moment))];
            SameRows([.. spine.Select(row => Expected(files, keys, row, rule, notNull is not null))], await RunAsync(executor, Plan(keys, spine, source, rule, notNull)));
        }
    }

    [Fact]
    public async Task A_cancelled_read_stops()
    {
        var source = new ParquetSource([await WriteAsync(Facts(new Random(1), 0, sorted: true), 0)]);
        var plan = Plan("whole", [(1L, "a", 4_000L)], source, new VisibilityRule(0, null, true, false), null);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var batch in new ManagedPlanExecutor().RunAsync(plan, stop.Token)) batch.Dispose();
        });
    }

    private static Fact[] Facts(Random random, int file, bool sorted)
    {
        // Few keys and times, so that there are many ties; file 2 has no row of some keys.
        var facts = Enumerable.Range(0, FileRows).Select(row => new Fact(
            Key(random), NameOf(random.Next(6)), random.NextInt64(4_000) / 10 * 10, random.Next(5) == 0 ? null : random.Next(1_000) + (file * 10_000)));
        return sorted ? [.. facts.OrderBy(fact => fact.Id ?? long.MaxValue).ThenBy(fact => fact.Name, StringComparer.Ordinal).ThenBy(fact => fact.Time)] : [.. facts];
    }

    private static long? Key(Random random) => random.Next(50) == 0 ? null : random.Next(300);

    private static string? NameOf(int number) => number == 5 ? null : $"n{number}";

    private async Task<ParquetSourceFile> WriteAsync(Fact[] facts, int file)
    {
        ParquetColumn[] columns =
        [
            new("id", DataType.BigInt, true), new("name", DataType.String, true), new(Time.Name, Time.Type, false), new(Value.Name, Value.Type, true),
            new(Label.Name, Label.Type, true), new(Price.Name, Price.Type, true),
        ];
        var batches = facts.Chunk(RowsPerGroup).Select(group => Batch(columns,
            Cells.Build(DataType.BigInt, [.. group.Select(fact => (object?)fact.Id)]), Cells.Build(DataType.String, [.. group.Select(fact => (object?)fact.Name)]),
            Cells.Build(DataType.Timestamp, [.. group.Select(fact => (object?)fact.Time)]),
            Cells.Build(DataType.Double, [.. group.Select(fact => (object?)(double?)fact.Value)]), Cells.Build(DataType.String, [.. group.Select(fact => (object?)fact.Label)]),
            Cells.Build(Price.Type, [.. group.Select(fact => (object?)(decimal?)fact.Value)])));
        var (path, statistics) = await WriteAsync(columns, [.. batches]);
        return new ParquetSourceFile(path, facts.Length, statistics.ByteCount, CreatedTime(file));
    }

    private static long CreatedTime(int file) => 1_000 + (file * 1_000);

    private static AsOfPlan Plan(
        string keys, IReadOnlyList<(long? Id, string? Name, long Time)> spine, ParquetSource source, VisibilityRule visibility, PlanColumn? notNull)
    {
        var whole = new KeyMatch("__key0", new PlanColumn("id", DataType.BigInt), DataType.BigInt);
        var text = new KeyMatch("__key1", new PlanColumn("name", DataType.String), DataType.String);
        return new AsOfPlan
        {
            Spine = FeatureTable.FromColumns(
                ("__key0", spine.Select(row => row.Id).ToArray()), ("__key1", spine.Select(row => row.Name).ToArray()),
                ("__time", spine.Select(row => UtcTime.ToDateTimeOffset(row.Time)).ToArray())),
            TimeColumn = "__time",
            Reads =
            [
                new AsOfRead
                {
                    Rows = new SourceRows(source, Time, null),
                    Keys = keys switch { "whole" => [whole], "text" => [text], "both" => [whole, text], _ => [] },
                    Outputs = [new PlanOutput(Value, "value"), new PlanOutput(Label, "label"), new PlanOutput(Price, "price")],
                    Visibility = visibility,
                    NotNull = notNull,
                    EventTimeOutput = "matched_time",
                    MatchOutput = "matched",
                },
            ],
        };
    }

    private static async Task<IReadOnlyList<string>> RunAsync(ManagedPlanExecutor executor, AsOfPlan plan)
    {
        var rows = new List<string>();
        await foreach (var batch in executor.RunAsync(plan, Token))
        {
            using (batch)
            {
                IReadOnlyList<string>[] columns =
                [
                    [.. Cells.Texts(batch.Column(0), DataType.Double)], [.. Cells.Texts(batch.Column(1), DataType.String)], [.. Cells.Texts(batch.Column(2), Price.Type)],
                    [.. Cells.Texts(batch.Column(3), DataType.Timestamp)], [.. Cells.Texts(batch.Column(4), DataType.Boolean)],
                ];
                for (var row = 0; row < batch.Length; row++) rows.Add(string.Join('|', columns.Select(column => column[row])));
            }
        }

        return rows;
    }

    private static string Expected(Fact[][] files, string keys, (long? Id, string? Name, long Time) row, VisibilityRule rule, bool notNull)
    {
        (Fact Fact, int File)? best = null;
        for (var file = 0; file < files.Length; file++)
        {
            foreach (var fact in files[file])
            {
                if (keys is "whole" or "both" && (row.Id is null || fact.Id != row.Id)) continue;
                if (keys is "text" or "both" && (row.Name is null || fact.Name != row.Name)) continue;
                if (notNull && fact.Value is null) continue;
                if (rule.AllowExactMatches ? fact.Time + rule.Delay > row.Time : fact.Time + rule.Delay >= row.Time) continue;
                if (rule.KnownAsOf && CreatedTime(file) > row.Time) continue;
                if (rule.Lookback is { } lookback && fact.Time < row.Time - lookback) continue;
                if (best is not { } found || fact.Time >= found.Fact.Time) best = (fact, file);
            }
        }

        object?[] answer = best is var (matched, _)
            ? [(double?)matched.Value, matched.Label, (decimal?)matched.Value, matched.Time, true]
            : [null, null, null, null, false];
        DataType[] types = [DataType.Double, DataType.String, Price.Type, DataType.Timestamp, DataType.Boolean];
        return string.Join('|', answer.Select((value, i) => Cells.Texts(Cells.Build(types[i], [value]), types[i]).Single()));
    }

    private sealed record Fact(long? Id, string? Name, long Time, int? Value)
    {
        public string? Label => Value is null ? null : $"v{Value % 50}";
    }

    private sealed class ClockAt(long micros) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => UtcTime.ToDateTimeOffset(micros);
    }
}
