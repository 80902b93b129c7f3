using System.Globalization;
using System.Text;

namespace Tauro.FeatureStore.Materialized;

internal enum StatisticKind
{
    /// <summary>An integer; also the microseconds of a timestamp and the days of a date, both since 1970.</summary>
    Integer,

    /// <summary>A floating-point number that is finite.</summary>
    Double,

    /// <summary>A decimal: an integer and how many of its digits stand after the point.</summary>
    Decimal,

    /// <summary>Text in UTF-8, compared by its bytes.</summary>
    Text,
}

/// <summary>A least or greatest value of a column, free of any file format.</summary>
internal readonly struct StatisticValue : IEquatable<StatisticValue>
{
    private readonly Int128 _number;
    private readonly double _double;
    private readonly byte[]? _text;

    private StatisticValue(StatisticKind kind, Int128 number, double floating, byte[]? text, int scale)
    {
        Kind = kind;
        Scale = scale;
        _number = number;
        _double = floating;
        _text = text;
    }

    public StatisticKind Kind { get; }

    /// <summary>The digits after a decimal's point.</summary>
    public int Scale { get; }

    public long AsInteger => Kind == StatisticKind.Integer ? (long)_number : throw Other(StatisticKind.Integer);

    public double AsDouble => Kind == StatisticKind.Double ? _double : throw Other(StatisticKind.Double);

    public Int128 AsUnscaled => Kind == StatisticKind.Decimal ? _number : throw Other(StatisticKind.Decimal);

    public ReadOnlySpan<byte> AsText => Kind == StatisticKind.Text ? _text : throw Other(StatisticKind.Text);

    public static StatisticValue Integer(long value) => new(StatisticKind.Integer, value, 0, null, 0);

    public static StatisticValue Double(double value) => new(StatisticKind.Double, 0, value, null, 0);

    public static StatisticValue Decimal(Int128 unscaled, int scale) => new(StatisticKind.Decimal, unscaled, 0, null, scale);

    public static StatisticValue Text(ReadOnlySpan<byte> utf8) => new(StatisticKind.Text, 0, 0, utf8.ToArray(), 0);

    /// <summary>The order of two values of one column: of one kind and, if decimals, of one scale.</summary>
    public static int Compare(StatisticValue left, StatisticValue right)
    {
        if (left.Kind != right.Kind || left.Scale != right.Scale)
            throw new InvalidOperationException($"Statistics of kinds {left.Kind}({left.Scale}) and {right.Kind}({right.Scale}) have no order.");
        return left.Kind switch
        {
            StatisticKind.Double => left._double.CompareTo(right._double),
            StatisticKind.Text => left.AsText.SequenceCompareTo(right.AsText),
            _ => left._number.CompareTo(right._number),
        };
    }

    public bool Equals(StatisticValue other) => Kind == other.Kind && Scale == other.Scale && Compare(this, other) == 0;

    public override bool Equals(object? obj) => obj is StatisticValue other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Kind);
        hash.Add(_number);
        hash.Add(_double);
        hash.AddBytes(_text);
        return hash.ToHashCode();
    }

    public override string ToString() => Kind switch
    {
        StatisticKind.Double => _double.ToString(CultureInfo.InvariantCulture),
        StatisticKind.Text => Encoding.UTF8.GetString(AsText),
        StatisticKind.Decimal => DecimalText.Format(_number, Scale),
        _ => _number.ToString(CultureInfo.InvariantCulture),
    };

    private InvalidOperationException Other(StatisticKind wanted) => new($"The statistic is of kind {Kind}, not {wanted}.");
}
