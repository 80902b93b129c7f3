using System.Buffers;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The values of a leaf, nulls left out, ready to be written in the encoding that suits them.</summary>
internal abstract class LeafValues
{
    /// <summary>How many there are.</summary>
    public abstract int Count { get; }

    /// <summary>How many bytes all of them take, about, for the size of pages.</summary>
    public abstract long ByteCount { get; }

    /// <summary>The encoding of the data pages.</summary>
    public virtual Parquet.Meta.Encoding Encoding => Parquet.Meta.Encoding.PLAIN;

    /// <summary>The entries of the dictionary, where there is one.</summary>
    public virtual int DictionaryCount => 0;

    /// <summary>The least and the greatest, or null where there is no value or no order.</summary>
    public abstract ParquetBounds? Bounds { get; }

    /// <summary>The bounds of some of the values, at least one, where pages are worth telling apart by them: they are whole numbers; null for others.</summary>
    public virtual ParquetBounds? BoundsOf(int from, int to) => null;

    public virtual void WriteDictionary(IBufferWriter<byte> output) => throw new InvalidOperationException("There is no dictionary.");

    public abstract void Write(int from, int to, IBufferWriter<byte> output);

    /// <summary>The encoded values where they lie in memory as they are written, so that they need not be copied into a page first.</summary>
    public virtual bool TryGetPlain(int from, int to, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        return false;
    }

    public static LeafValues Of(ParquetColumn column, ShreddedLeaf leaf)
    {
        var values = leaf.Data.Buffers.Length > 1 ? leaf.Data.Buffers[1].Memory : default;
        var type = leaf.Node.LeafType!;
        return (type.Meaning, type.Physical) switch
        {
            (ParquetMeaning.Decimal, _) => DecimalValues.Of(column, type, values.Span, leaf.Positions),
            (_, Parquet.Meta.Type.BOOLEAN) => new BooleanValues(values, leaf.Positions),
            (_, Parquet.Meta.Type.INT32) => FixedValues<int>.Gather(values, leaf.Positions),
            (_, Parquet.Meta.Type.INT64) => FixedValues<long>.Gather(values, leaf.Positions),
            (_, Parquet.Meta.Type.FLOAT) => FixedValues<float>.Gather(values, leaf.Positions),
            (_, Parquet.Meta.Type.DOUBLE) => FixedValues<double>.Gather(values, leaf.Positions),
            (_, Parquet.Meta.Type.BYTE_ARRAY) => TextValues.Of(values.Span, leaf.Data.Buffers[2].Memory, leaf.Positions),
            _ => throw new ArgumentOutOfRangeException(nameof(leaf)),
        };
    }
}
