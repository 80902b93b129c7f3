namespace Tauro.FeatureStore.Tests;

/// <summary>Two rows of one entity with the same times, among many that come in any order.</summary>
public sealed class TwinFinderTests
{
    private const int Entities = 300;
    private const int Rows = 200_000;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void The_first_of_them_is_found(bool shuffled, bool withSecond)
    {
        var rows = Different(withSecond).ToList();
        Assert.Null(Find(rows, shuffled, withSecond));

        // Of the later entity the rows stand side by side, of the earlier one far apart.
        rows.Insert(rows.Count / 2, rows[(rows.Count / 2) - 1]);
        var twin = rows[1000];
        rows.Add(twin);
        Assert.Equal(twin, Find(rows, shuffled, withSecond));
    }

    [Fact]
    public void A_row_that_answers_nothing_is_a_twin_all_the_same()
    {
        var finder = new TwinFinder(EntityRanges.Divide(2, 2), withSecond: false);
        finder.Add(new EntityRows([0, 2, 2], [0, 1], [5, 5], []));
        Assert.Null(finder.Find());
        finder.Add(new EntityRows([0, 0, 1], [1], [5], []));
        Assert.Equal(new TwinFinder.Twin(1, 5, 0), finder.Find());
    }

    [Fact]
    public void The_least_time_of_all_is_a_time_like_any()
    {
        var finder = new TwinFinder(EntityRanges.Divide(1, 1), withSecond: false);
        finder.Add(new EntityRows([0, 1, 1], [0], [long.MinValue], []));
        Assert.Null(finder.Find());
        finder.Add(new EntityRows([0, 1, 1], [0], [long.MinValue], []));
        Assert.Equal(new TwinFinder.Twin(0, long.MinValue, 0), finder.Find());
    }

    /// <summary>Rows by entity and time; where there is a second time, the first ones repeat.</summary>
    private static IEnumerable<TwinFinder.Twin> Different(bool withSecond) => Enumerable.Range(0, Rows)
        .Select(i => (Entity: i * (long)Entities / Rows, At: i))
        .Select(row => withSecond ? new TwinFinder.Twin((int)row.Entity, row.At / 2, row.At % 2) : new TwinFinder.Twin((int)row.Entity, row.At, 0));

    private static TwinFinder.Twin? Find(IEnumerable<TwinFinder.Twin> rows, bool shuffled, bool withSecond)
    {
        TwinFinder.Twin[] all = [.. rows];
        if (shuffled) new Random(3).Shuffle(all);
        var ranges = EntityRanges.Divide(Entities, slots: 100_000);
        Assert.True(ranges.Count > 1);
        var finder = new TwinFinder(ranges, withSecond);
        foreach (var chunk in all.Chunk(3000)) finder.Add(Arrange(chunk, ranges, withSecond));
        return finder.Find();
    }

    private static EntityRows Arrange(TwinFinder.Twin[] rows, EntityRanges ranges, bool withSecond)
    {
        TwinFinder.Twin[] arranged = [.. rows.OrderBy(row => ranges.Of(row.Entity))];
        var starts = new int[(2 * ranges.Count) + 1];
        starts.AsSpan().Fill(rows.Length);
        for (var row = rows.Length - 1; row >= 0; row--) starts.AsSpan(0, ranges.Of(arranged[row].Entity) + 1).Fill(row);
        return new EntityRows(
            starts, [.. arranged.Select(row => row.Entity)], [.. arranged.Select(row => row.First)], withSecond ? [.. arranged.Select(row => row.Second)] : []);
    }
}
