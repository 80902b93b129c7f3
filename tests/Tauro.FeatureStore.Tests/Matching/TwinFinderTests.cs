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
    public void Rows_of_no_entity_do_not_matter()
    {
        var finder = new TwinFinder(withSecond: false);
        finder.Add([EntityIndex.None, 0, EntityIndex.None], [5, 5, 5], []);
        Assert.Null(finder.Find(1));
        finder.Add([0], [4], []);
        Assert.Null(finder.Find(1));
        finder.Add([0], [5], []);
        Assert.Equal(new TwinFinder.Twin(0, 5, 0), finder.Find(1));
    }

    /// <summary>Rows by entity and time; where there is a second time, the first ones repeat.</summary>
    private static IEnumerable<TwinFinder.Twin> Different(bool withSecond) => Enumerable.Range(0, Rows)
        .Select(i => (Entity: i * (long)Entities / Rows, At: i))
        .Select(row => withSecond ? new TwinFinder.Twin((int)row.Entity, row.At / 2, row.At % 2) : new TwinFinder.Twin((int)row.Entity, row.At, 0));

    private static TwinFinder.Twin? Find(IEnumerable<TwinFinder.Twin> rows, bool shuffled, bool withSecond)
    {
        TwinFinder.Twin[] all = [.. rows];
        if (shuffled) new Random(3).Shuffle(all);
        var finder = new TwinFinder(withSecond);
        foreach (var chunk in all.Chunk(3000))
            finder.Add(chunk.Select(row => row.Entity).ToArray(), chunk.Select(row => row.First).ToArray(), withSecond ? chunk.Select(row => row.Second).ToArray() : []);
        return finder.Find(Entities);
    }
}
