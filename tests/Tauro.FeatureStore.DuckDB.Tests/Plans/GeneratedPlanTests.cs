using Tauro.FeatureStore.Engines;

namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>Many small random sources and spines, answered by every kind of source and compared with a loop.</summary>
public sealed class GeneratedPlanTests
{
    [Theory]
    [InlineData(1, 300, 200, 6)]
    [InlineData(2, 300, 200, 6)]
    [InlineData(3, 5000, 4000, 4)]
    [InlineData(4, 4000, 20, 200)]
    [InlineData(5, 3, 5, 2)]
    public async Task Every_source_answers_as_a_loop_does(int seed, int sourceRows, int spineRows, int times)
    {
        var random = new Random(seed);
        await using var executor = new DuckDBQueryExecutor(new FeatureStoreContext("store"), new DuckDBOptions { Threads = 4 });
        using var facts = new Facts();

        // Few keys, few times: ties everywhere. Files are written in the order of the rows; created times of rows follow nothing.
        var keys = Math.Max(2, sourceRows / 100);
        Fact[] rows = [.. Enumerable.Range(0, sourceRows).Select(i => new Fact(
            i, random.Next(10) == 0 ? null : random.Next(keys), random.Next(20) == 0 ? null : random.Next(times), random.Next(times), i * 3 / sourceRows))];
        Wanted[] wanted = [.. Enumerable.Range(0, spineRows).Select(_ => new Wanted(
            random.Next(10) == 0 ? null : random.Next(keys + 1), random.Next(10) == 0 ? null : random.Next(-1, times + 3)))];
        var spine = facts.Spine(wanted);
        var (table, files) = (facts.Table(rows), facts.Files(rows));

        foreach (var (delay, lookback) in ((long, long?)[])[(0, null), (1, null), (0, 2), (2, 3)])
        foreach (var exact in (bool[])[true, false])
        foreach (var known in (bool[])[false, true])
        foreach (var (timed, keyed) in ((bool, bool)[])[(true, true), (true, false), (false, true)])
        {
            var rule = timed ? new VisibilityRule(delay, lookback, exact, known) : new VisibilityRule(0, null, true, known);
            var happened = timed ? Reads.Happened : null;
            await CheckAsync(executor, spine, wanted, rule, timed, keyed,
            [
                (new SourceRows(table, happened, null), false, rows),
                (new SourceRows(table, happened, Reads.Learned), true, rows),
                (new SourceRows(files, happened, Reads.Learned), true, rows),
                (new SourceRows(files, happened, null), true, [.. rows.Select(row => row with { Created = row.File })]),
            ]);
        }
    }

    [Theory]
    [InlineData(6, 3000, 2000, 50)]
    [InlineData(7, 300, 20, 200)]
    [InlineData(8, 3, 5, 2)]
    public async Task Every_query_answers_as_a_loop_does(int seed, int sourceRows, int spineRows, int times)
    {
        var random = new Random(seed);
        // DuckDB compares a path in a caller's SQL with the open folders as it is written, so one with a sign of patterns in it opens none.
        using var facts = new Facts("tauro duckdb tests");
        await using var executor = new DuckDBQueryExecutor(new FeatureStoreContext("store"), new DuckDBOptions { Threads = 4, AllowedPaths = [facts.Folder] });

        // A query has no order of writing, so no two rows have all times in common; those without an event time answer nothing, and may.
        var keys = Math.Max(2, sourceRows / 100);
        Fact[] all = [.. Enumerable.Range(0, sourceRows).Select(i => new Fact(
            i, random.Next(10) == 0 ? null : random.Next(keys), random.Next(20) == 0 ? null : random.Next(times), random.Next(times), i * 3 / sourceRows))];
        Wanted[] wanted = [.. Enumerable.Range(0, spineRows).Select(_ => new Wanted(
            random.Next(10) == 0 ? null : random.Next(keys + 1), random.Next(10) == 0 ? null : random.Next(-1, times + 3)))];
        var spine = facts.Spine(wanted);

        foreach (var (delay, lookback) in ((long, long?)[])[(0, null), (1, 3)])
        foreach (var exact in (bool[])[true, false])
        foreach (var known in (bool[])[false, true])
        foreach (var (timed, keyed) in ((bool, bool)[])[(true, true), (true, false), (false, true)])
        {
            var rule = timed ? new VisibilityRule(delay, lookback, exact, known) : new VisibilityRule(0, null, true, known);
            var happened = timed ? Reads.Happened : null;
            Fact[] Apart(bool created) =>
                [.. all.DistinctBy(row => (keyed ? row.Key : 0, timed ? row.Event : 0, created ? row.Created : 0, (keyed && row.Key is null) || (timed && row.Event is null) ? row.Id : -1))];
            var (withCreated, without) = (Apart(true), Apart(false));
            await CheckAsync(executor, spine, wanted, rule, timed, keyed,
            [
                (new SourceRows(QueryOf(facts.Files(withCreated)), happened, Reads.Learned), true, withCreated),
                .. known || !timed ? [] : ((SourceRows, bool, Fact[])[])[(new SourceRows(QueryOf(facts.Files(without)), happened, null), false, without)],
            ]);
        }
    }

    private static SqlSource QueryOf(ParquetSource files) => new(
        $"SELECT * FROM read_parquet([{string.Join(", ", files.Files.Select(file => DuckDBDialect.Instance.TextLiteral(DuckDBDialect.LiteralPath(file.Path))))}])",
        new Dictionary<string, object?>());

    private static async Task CheckAsync(
        DuckDBQueryExecutor executor, FeatureTable spine, Wanted[] wanted, VisibilityRule rule, bool timed, bool keyed, (SourceRows Rows, bool Created, Fact[] Facts)[] sources)
    {
        using var answer = await executor.AnswerAsync(Reads.Plan(spine, [.. sources.Select((source, i) => Reads.Of(source.Rows, rule, $"{i}", keyed))]));
        for (var i = 0; i < sources.Length; i++)
        {
            var answers = wanted.Distinct().ToDictionary(row => row, row => PlanOracle.Answer(sources[i].Facts, row, rule, timed, sources[i].Created, keyed));
            var expected = wanted.Select(row => answers[row]).ToArray();
            var label = $"source {i}, timed {timed}, keyed {keyed}, {rule}";
            var ids = answer.GetColumn<long?>($"id{i}");
            for (var row = 0; row < wanted.Length; row++)
                Assert.True(expected[row]?.Id == ids[row], $"{label}: {wanted[row]} wants {expected[row]} and got {(ids[row] is { } id ? sources[i].Facts.Single(fact => fact.Id == id) : null)}");
            Assert.True(expected.Select(fact => fact is not null).SequenceEqual(answer.GetColumn<bool>($"g__matched{i}")), label);
            Assert.True(expected.Select(fact => timed ? Facts.At(fact?.Event) : null).SequenceEqual(answer.GetColumn<DateTimeOffset?>($"g__event_time{i}")), label);
        }
    }
}
