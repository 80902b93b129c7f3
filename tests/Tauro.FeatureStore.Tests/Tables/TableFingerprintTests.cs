namespace Tauro.FeatureStore.Tests;

public sealed class TableFingerprintTests
{
    [Fact]
    public void It_does_not_depend_on_how_the_table_is_cut()
    {
        using var whole = FeatureTable.FromColumns(
            ("number", new int?[] { 1, null, 3, 4, null }), ("text", new[] { "a", null, "", "bcd", "é" }), ("truth", new bool?[] { true, false, null, true, true }),
            ("list", new string?[]?[] { ["x", null], null, [], ["yz"], ["", "w"] }), ("plain", new long[] { 1, 2, 3, 4, 5 }));
        var batch = whole.Batches[0];
        foreach (var cut in (int[])[1, 2, 3, 4])
        {
            using var parts = FeatureTable.FromArrow(whole.Schema, [batch.SliceShared(0, cut), batch.SliceShared(cut, 5 - cut)]);
            Assert.Equal(TableFingerprint.Of(whole), TableFingerprint.Of(parts));
        }
    }

    [Fact]
    public void Every_difference_shows()
    {
        TableFingerprint[] tables =
        [
            Of(new int?[] { 1, 2, null }), Of(new int?[] { 1, null, 2 }), Of(new int?[] { 2, 1, null }), Of(new int?[] { 1, 2, 0 }), Of(new int?[] { 1, 2 }), Of(new long?[] { 1, 2, null }),
            Of(new[] { "ab", "c" }), Of(new[] { "a", "bc" }), Of(new[] { "ab", "c", null }), Of(new[] { "ab", "c", "" }),
            Of(new int[]?[] { [1], [2, 3] }), Of(new int[]?[] { [1, 2], [3] }), Of(new int[]?[] { [1, 2, 3], [] }), Of(new int[]?[] { [1, 2, 3], null }),
            Of(new[] { 0.0 }), Of(new[] { -0.0 }), Of(new[] { double.NaN }), Of(new[] { true, false }), Of(new[] { false, true }),
        ];
        Assert.Equal(tables.Length, tables.Distinct().Count());
        Assert.NotEqual(Of(new[] { 1 }), Of(new[] { 1 }, "other"));
    }

    private static TableFingerprint Of(Array values, string name = "value")
    {
        using var table = FeatureTable.FromColumns(new Dictionary<string, Array> { [name] = values });
        return TableFingerprint.Of(table);
    }
}
