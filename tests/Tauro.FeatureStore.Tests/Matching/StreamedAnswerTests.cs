using Apache.Arrow;

namespace Tauro.FeatureStore.Tests;

/// <summary>Answers from rows that come by once: so many that those which answer nothing are let go on the way.</summary>
public sealed class StreamedAnswerTests
{
    private const int Entities = 70_000;
    private const int RowsPerEntity = 5;

    private readonly (long Key, long Event, string? Text)[] _rows = [.. Enumerable.Range(0, Entities * RowsPerEntity).Select(i =>
        ((long)(i % Entities), (long)((i / Entities * 10) + (i % 7)), i % 11 == 0 ? null : $"row {i}"))];

    private readonly (long Key, long? Moment)[] _spine = [.. Enumerable.Range(0, Entities).Select(i =>
        ((long)((i * 31) % (Entities + 5)), i % 13 == 0 ? null : (long?)((i % 60) - 3)))];

    [Theory]
    [InlineData("time", HeldRows.MaxColumnBytes)]
    [InlineData("time, latest first", HeldRows.MaxColumnBytes)]
    [InlineData("key", HeldRows.MaxColumnBytes)]
    [InlineData("chance", HeldRows.MaxColumnBytes)]
    [InlineData("chance", 40_000)]
    [InlineData("chance", 1)]
    public void The_order_in_which_rows_come_and_how_much_a_chunk_may_hold_do_not_matter(string order, long maxColumnBytes)
    {
        (long Key, long Event, string? Text)[] rows = [.. _rows];
        switch (order)
        {
            case "time": rows = [.. rows.OrderBy(row => row.Event)]; break;
            case "time, latest first": rows = [.. rows.OrderByDescending(row => row.Event)]; break;
            case "key": rows = [.. rows.OrderBy(row => row.Key).ThenBy(row => row.Event)]; break;
            default: new Random(1).Shuffle(rows); break;
        }

        using var spine = Spine(_spine);
        using var answer = new StreamedAnswer(Read(lookback: 25), spine, maxColumnBytes);
        foreach (var chunk in rows.Chunk(2048)) answer.Add(Batch(chunk));
        Assert.Null(answer.FindTwins());
        answer.Complete();

        var byKey = _rows.ToLookup(row => row.Key);
        var expected = _spine.Select(wanted => Expected(byKey[wanted.Key], wanted.Moment, lookback: 25)).ToArray();
        Assert.Equal(expected.Select(row => row?.Text), Texts(answer, 0, 40_000).Concat(Texts(answer, 40_000, Entities - 40_000)));
        var columns = answer.Read(0, Entities).ToArray();
        Assert.Equal(expected.Select(row => row?.Event), Enumerable.Range(0, Entities).Select(row => ((TimestampArray)columns[1]).GetValue(row)));
        Assert.Equal(expected.Select(row => (bool?)(row is not null)), Enumerable.Range(0, Entities).Select(row => ((BooleanArray)columns[2]).GetValue(row)));
    }

    [Fact]
    public void Two_rows_of_one_time_are_found_even_if_a_later_one_answers()
    {
        using var spine = Spine([(1, 100), (2, 100)]);
        using var answer = new StreamedAnswer(Read(), spine);
        answer.Add(Batch([(2, 7, "a"), (1, 5, "b"), (3, 6, "nobody asks"), (3, 6, "nobody asks")]));
        Assert.Null(answer.FindTwins());
        answer.Add(Batch([(2, 9, "c"), (2, 7, "d")]));
        Assert.Equal("entity = 2, happened = 1970-01-01 00:00:00.000007", answer.FindTwins());
    }

    [Fact]
    public void A_created_time_tells_two_rows_apart_and_a_missing_one_does_not()
    {
        using var spine = Spine([(1, 100)]);
        var read = Read();
        read = read with { Rows = read.Rows with { CreatedTime = new PlanColumn("learned", DataType.Timestamp) } };
        using var answer = new StreamedAnswer(read, spine);
        RecordBatch Rows(params (long Learned, string Text)[] rows) => Batch(
            ("__key0", rows.Select(_ => 1L).ToArray()), ("__event", rows.Select(_ => 5L).ToArray()), ("__created", rows.Select(row => row.Learned).ToArray()),
            ("text", rows.Select(row => row.Text).ToArray()));
        answer.Add(Rows((3, "old"), (4, "new"), (StreamedAnswer.Missing, "unknown")));
        Assert.Null(answer.FindTwins());
        answer.Add(Rows((StreamedAnswer.Missing, "unknown too")));
        Assert.Equal("entity = 1, happened = 1970-01-01 00:00:00.000005, learned = null", answer.FindTwins());
        answer.Complete();
        Assert.Equal(["new"], Texts(answer, 0, 1));
    }

    [Fact]
    public void A_row_without_a_value_that_it_must_have_answers_nothing_and_is_a_twin_all_the_same()
    {
        using var spine = Spine([(1, 100), (2, 100)]);
        using var answer = new StreamedAnswer(Read() with { NotNull = new PlanColumn("text", DataType.String) }, spine);
        RecordBatch Rows(params (long Key, long Event, string? Text)[] rows) => Batch(
            ("__key0", rows.Select(row => row.Key).ToArray()), ("__event", rows.Select(row => row.Event).ToArray()), ("__not_null", rows.Select(row => row.Text).ToArray()),
            ("text", rows.Select(row => row.Text).ToArray()));
        answer.Add(Rows((1, 5, "a"), (1, 6, null), (2, 5, null)));
        Assert.Null(answer.FindTwins());
        answer.Add(Rows((2, 5, "b")));
        Assert.Equal("entity = 2, happened = 1970-01-01 00:00:00.000005", answer.FindTwins());
        answer.Complete();
        Assert.Equal(["a", "b"], Texts(answer, 0, 2));
    }

    private static (long Key, long Event, string? Text)? Expected(IEnumerable<(long Key, long Event, string? Text)> rows, long? moment, long lookback)
    {
        (long Key, long Event, string? Text)? best = null;
        foreach (var row in rows)
            if (row.Event <= moment && (best is null || row.Event > best.Value.Event)) best = row;
        return best?.Event >= moment - lookback ? best : null;
    }

    private static IEnumerable<string?> Texts(StreamedAnswer answer, int start, int length)
    {
        var texts = (StringArray)answer.Read(start, length).First();
        return Enumerable.Range(0, length).Select(i => texts.IsNull(i) ? null : texts.GetString(i));
    }

    private static SpineRows Spine((long Key, long? Moment)[] rows) => new(new AsOfPlan
    {
        Spine = FeatureTable.FromColumns(
            ("entity", rows.Select(row => row.Key).ToArray()),
            ("moment", rows.Select(row => row.Moment is { } micros ? DateTimeOffset.UnixEpoch.AddMicroseconds(micros) : (DateTimeOffset?)null).ToArray())),
        TimeColumn = "moment",
        Reads = [],
    });

    private static AsOfRead Read(long? lookback = null) => new()
    {
        Rows = new SourceRows(new SqlSource("", new Dictionary<string, object?>()), new PlanColumn("happened", DataType.Timestamp), null),
        Keys = [new KeyMatch("entity", new PlanColumn("entity", DataType.BigInt), DataType.BigInt)],
        Outputs = [new PlanOutput(new PlanColumn("text", DataType.String), "text")],
        Visibility = new VisibilityRule(0, lookback, AllowExactMatches: true, KnownAsOf: false),
        EventTimeOutput = "__event_time",
        MatchOutput = "__matched",
    };

    private static RecordBatch Batch((long Key, long Event, string? Text)[] rows) => Batch(
        ("__key0", rows.Select(row => row.Key).ToArray()), ("__event", rows.Select(row => row.Event).ToArray()), ("text", rows.Select(row => row.Text).ToArray()));

    private static RecordBatch Batch(params (string, System.Array)[] columns)
    {
        using var table = FeatureTable.FromColumns(columns);
        return table.Batches[0].SliceShared(0, table.Batches[0].Length);
    }
}
