namespace Tauro.FeatureStore.Tests;

/// <summary>Neighbours in groups of a bounded size.</summary>
public sealed class SizeGroupsTests
{
    [Theory]
    [InlineData(new long[0], new int[0])]
    [InlineData(new long[] { 0, 0 }, new[] { 2 })]
    [InlineData(new long[] { 4, 6, 1 }, new[] { 2, 3 })]
    [InlineData(new long[] { 99, 1, 10, 99 }, new[] { 1, 2, 3, 4 })]
    public void A_group_is_as_large_as_allowed_or_of_one(long[] sizes, int[] ends) =>
        Assert.Equal(ends, SizeGroups.Divide(sizes, max: 10).Select(group => group.End.Value));
}
