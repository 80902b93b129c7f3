using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>The rows of a range out of files that follow each other by key, overlap, and meet in one key, in parts of few rows.</summary>
public sealed class RangeReaderTests : ParquetFixture
{
    private const int RowsPerFile = 400;

    private static readonly PlanColumn Id = new("id", DataType.BigInt);
    private static readonly PlanColumn Name = new("name", DataType.String);
    private static readonly PlanColumn Time = new("time", DataType.Timestamp);
    private static readonly PlanColumn Learned = new("learned", DataType.Timestamp);
    private static readonly PlanColumn Value = new("value", DataType.Double);

    /// <summary>The keys of each file, in the order of writing: those of neighbours by key touch, and a later file may come before an earlier one.</summary>
    private static readonly (int First, int Last)[] Files = [(20, 30), (0, 10), (30, 30), (10, 20), (45, 60), (30, 40), (55, 58), (41, 44)];

    public static TheoryData<string, bool, bool, int> Cases => new(
        from keys in new[] { "whole", "text", "both", "none" } from created in new[] { false, true } from mixed in new[] { false, true } from rows in new[] { 1, 700, 1_000_000 }
        select (keys, created, mixed, rows));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Rows_come_in_order_whatever_the_files(string keys, bool created, bool mixed, int rowsPerBatch)
    {
        var random = new Random(5);
        var (facts, sources) = (new List<Fact>(), new List<ParquetSourceFile>());
        for (var file = 0; file < Files.Length; file++)
        {
            var mixes = mixed && file % 2 == 0;
            var first = file * RowsPerFile;
            int[] sequences = [.. Enumerable.Range(first, RowsPerFile)];
            if (mixes) random.Shuffle(sequences);
            Fact[] own = [.. sequences.Select(sequence => new Fact(
                random.Next(Files[file].First, Files[file].Last + 1), $"n{random.Next(4)}", random.Next(30), random.Next(5), sequence))];
            if (!mixes && file != 4) own = [.. own.OrderBy(fact => fact.Id).ThenBy(fact => fact.Time).Select((fact, i) => fact with { Sequence = first + i })];
            facts.AddRange(own);
            sources.Add(await WriteAsync(own, first, mixes));
        }

        var plan = new RangePlan
        {
            Rows = new SourceRows(new ParquetSource(sources), Time, created ? Learned : null),
            Keys = keys switch { "whole" => [Id], "text" => [Name], "both" => [Id, Name], _ => [] },
            Outputs = [new PlanOutput(Value, "value")],
            From = 3,
            To = 25,
        };
        var answer = new List<double>();
        await foreach (var batch in RangeReader.RunAsync(plan, null, rowsPerBatch, TestContext.Current.CancellationToken))
            using (batch)
            {
                Assert.InRange(batch.Length, 1, rowsPerBatch);
                answer.AddRange(((DoubleArray)batch.Column(0)).Values);
            }

        var expected = facts.Where(fact => fact.Time is >= 3 and < 25)
            .OrderBy(fact => keys is "whole" or "both" ? fact.Id : 0).ThenBy(fact => keys is "text" or "both" ? fact.Name : "", StringComparer.Ordinal)
            .ThenBy(fact => fact.Time).ThenBy(fact => created ? fact.Learned : 0).ThenBy(fact => fact.Sequence).Select(fact => (double)fact.Sequence);
        Assert.Equal(expected, answer);
    }

    [Fact]
    public async Task Files_that_follow_each_other_are_parts_of_their_own()
    {
        var sources = new List<ParquetSourceFile>();
        foreach (var (first, last) in Files) sources.Add(await WriteAsync([new Fact(first, "n", 1, 1, 0), new Fact(last, "n", 1, 1, 1)], 0, mixes: false));
        await using var source = await RowSource.OpenAsync(new ParquetSource(sources), null, TestContext.Current.CancellationToken);

        RangePart[] parts = [.. RangePart.Of(source, [.. Enumerable.Range(0, Files.Length)], [Id], rowsAtOnce: 1)];

        Assert.Equal([[1], [3], [0], [2], [5], [7], [4, 6]], parts.Select(part => part.Chunks));
        Assert.Equal([10, 20, 30, 30, 41, 45, null], parts.Select(part => part.Next));
        Assert.Equal([Enumerable.Range(0, Files.Length)], RangePart.Of(source, [.. Enumerable.Range(0, Files.Length)], [Name], rowsAtOnce: 1).Select(part => part.Chunks));
        Assert.Empty(RangePart.Of(source, [], [Id], rowsAtOnce: 1));
    }

    private async Task<ParquetSourceFile> WriteAsync(Fact[] facts, int firstSequence, bool mixes)
    {
        ParquetColumn[] columns =
        [
            new(Id.Name, Id.Type, false), new(Name.Name, Name.Type, false), new(Time.Name, Time.Type, false), new(Learned.Name, Learned.Type, false), new(Value.Name, Value.Type, false),
            .. mixes ? (ParquetColumn[])[new(ParquetSource.CreatedTimeColumn, DataType.BigInt, false), new(ParquetSource.SequenceColumn, DataType.BigInt, false)] : [],
        ];
        IArrowArray Column(DataType type, Func<Fact, object?> value) => Cells.Build(type, [.. facts.Select(value)]);
        var batch = Batch(columns, [
            Column(Id.Type, fact => (long)fact.Id), Column(Name.Type, fact => fact.Name), Column(Time.Type, fact => (long)fact.Time), Column(Learned.Type, fact => (long)fact.Learned),
            Column(Value.Type, fact => (double)fact.Sequence),
            .. mixes ? (IArrowArray[])[Column(DataType.BigInt, fact => (long)fact.Sequence), Column(DataType.BigInt, fact => (long)fact.Sequence)] : [],
        ]);
        var (path, statistics) = await WriteAsync(columns, [batch]);
        return new ParquetSourceFile(path, facts.Length, statistics.ByteCount, CreatedTime: firstSequence) { FirstSequence = firstSequence, MixesCommits = mixes };
    }

    private sealed record Fact(int Id, string Name, int Time, int Learned, int Sequence);
}
