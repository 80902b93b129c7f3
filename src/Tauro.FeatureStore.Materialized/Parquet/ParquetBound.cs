using System.Runtime.InteropServices;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Which of its fields a <see cref="ParquetBound"/> uses.</summary>
internal enum ParquetBoundKind
{
    /// <summary><see cref="ParquetBound.Integer"/>: an Int, BigInt, Date (days), Timestamp (microseconds) or Boolean (0 or 1).</summary>
    Integer,

    /// <summary><see cref="ParquetBound.Number"/>: a Float or a Double.</summary>
    Number,

    /// <summary><see cref="ParquetBound.Unscaled"/>: a Decimal without its point.</summary>
    Decimal,

    /// <summary><see cref="ParquetBound.Utf8"/>: a String.</summary>
    Text,
}

/// <summary>The least or the greatest value of a column: a union over the types that have an order.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ParquetBound
{
    private readonly Int128 _whole;

    private ParquetBound(ParquetBoundKind kind, Int128 whole, double number, ReadOnlyMemory<byte> utf8)
    {
        Kind = kind;
        _whole = whole;
        Number = number;
        Utf8 = utf8;
    }

    public ParquetBoundKind Kind { get; }

    public long Integer => (long)_whole;

    public Int128 Unscaled => _whole;

    public double Number { get; }

    public ReadOnlyMemory<byte> Utf8 { get; }

    public static ParquetBound Of(long value) => new(ParquetBoundKind.Integer, value, 0, default);

    public static ParquetBound Of(double value) => new(ParquetBoundKind.Number, 0, value, default);

    public static ParquetBound OfUnscaled(Int128 value) => new(ParquetBoundKind.Decimal, value, 0, default);

    public static ParquetBound OfUtf8(ReadOnlyMemory<byte> value) => new(ParquetBoundKind.Text, 0, 0, value);

    /// <summary>The order of the column's type; strings by their bytes.</summary>
    public int CompareTo(ParquetBound other) => Kind switch
    {
        ParquetBoundKind.Number => Number.CompareTo(other.Number),
        ParquetBoundKind.Text => Utf8.Span.SequenceCompareTo(other.Utf8.Span),
        _ => _whole.CompareTo(other._whole),
    };
}

/// <summary>Between which values all that are not null lie, both included.</summary>
internal readonly record struct ParquetBounds(ParquetBound Min, ParquetBound Max)
{
    public static ParquetBounds Of(long min, long max) => new(ParquetBound.Of(min), ParquetBound.Of(max));

    /// <summary>Zero has two signs that compare as equal; Parquet asks that the bounds include both.</summary>
    public static ParquetBounds Of(double min, double max) => new(ParquetBound.Of(min == 0 ? -0.0 : min), ParquetBound.Of(max == 0 ? 0.0 : max));

    public static ParquetBounds OfUnscaled(Int128 min, Int128 max) => new(ParquetBound.OfUnscaled(min), ParquetBound.OfUnscaled(max));

    public static ParquetBounds OfUtf8(ReadOnlyMemory<byte> min, ReadOnlyMemory<byte> max) => new(ParquetBound.OfUtf8(min), ParquetBound.OfUtf8(max));

    public ParquetBounds Union(ParquetBounds other) =>
        new(other.Min.CompareTo(Min) < 0 ? other.Min : Min, other.Max.CompareTo(Max) > 0 ? other.Max : Max);
}
