using Apache.Arrow;

namespace Tauro.FeatureStore.Tests;

public sealed class ArrowMemoryTests
{
    /// <summary>A writer bounds its memory by this, and a caller may hand over one large batch slice by slice.</summary>
    [Fact]
    public void The_size_of_a_slice_is_that_of_its_own_rows()
    {
        const int rows = 1_000;
        using var table = FeatureTable.FromColumns(
            ("number", Enumerable.Range(0, rows).ToArray()),
            ("text", Enumerable.Range(0, rows).Select(row => row % 2 == 0 ? null : new string('x', row % 10)).ToArray()),
            ("vector", Enumerable.Range(0, rows).Select(row => new float[row % 4]).ToArray()),
            ("flag", new bool[rows]));
        var whole = table.Batches[0];
        var size = ArrowMemory.SizeOfRows(whole);
        using var half = whole.SliceShared(rows / 2, rows / 2);
        using var nothing = whole.SliceShared(rows, 0);

        Assert.InRange(size, rows * (4 + 4 + 2 + 4 + 6), rows * (4 + 4 + 5 + 4 + 8));
        Assert.InRange(ArrowMemory.SizeOfRows(half), (size / 2) - 16, (size / 2) + 16);
        Assert.InRange(ArrowMemory.SizeOfRows(nothing), 0, 16);
    }
}
