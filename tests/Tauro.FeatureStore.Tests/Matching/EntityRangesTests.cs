namespace Tauro.FeatureStore.Tests;

/// <summary>Ranges of neighbouring entities.</summary>
public sealed class EntityRangesTests
{
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 10_000_000, 1)]
    [InlineData(3, 10_000_000, 3)]
    [InlineData(100, 100, 1)]
    [InlineData(100_000, 1_000_000, 49)]
    [InlineData(int.MaxValue, int.MaxValue, 64)]
    public void Every_entity_is_in_one(int entities, int slots, int count)
    {
        var ranges = EntityRanges.Divide(entities, slots);
        Assert.Equal(count, ranges.Count);
        Assert.Equal(0, ranges.First(0));
        Assert.Equal(entities, ranges.First(count));
        for (var range = 0; range < count && entities > 0; range++)
        {
            Assert.Equal(range, ranges.Of(ranges.First(range)));
            Assert.Equal(range, ranges.Of(ranges.First(range + 1) - 1));
        }
    }
}
