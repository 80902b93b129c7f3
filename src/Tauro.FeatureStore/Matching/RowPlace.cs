namespace Tauro.FeatureStore;

/// <summary>Where a row is: its chunk and its place in it, in one number that grows with the write sequence where no chunk mixes commits.</summary>
internal readonly record struct RowPlace(long Value)
{
    public static readonly RowPlace None = new(-1);

    public RowPlace(int chunk, int row) : this(((long)chunk << 32) | (uint)row)
    {
    }

    public bool IsNone => Value < 0;

    public int Chunk => (int)(Value >> 32);

    public int Row => unchecked((int)Value);

    /// <summary>The place so many rows further in the same chunk.</summary>
    public RowPlace Plus(int rows) => new(Value + rows);
}
