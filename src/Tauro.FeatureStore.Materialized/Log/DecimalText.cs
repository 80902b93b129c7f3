using System.Globalization;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Decimals as the digits that JSON holds, exact both ways.</summary>
internal static class DecimalText
{
    /// <summary>The integer with one digit more than a decimal may have.</summary>
    private static readonly Int128 Limit = Int128.Parse("1".PadRight(DataType.MaxDecimalPrecision + 1, '0'), CultureInfo.InvariantCulture);

    public static string Format(Int128 unscaled, int scale)
    {
        var digits = UInt128.CreateTruncating(unscaled < 0 ? -unscaled : unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var sign = unscaled < 0 ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }

    /// <summary>The number as an integer of that scale, or null where it has more digits than <see cref="decimal"/> or the scale holds.</summary>
    public static Int128? Parse(string text, int scale)
    {
        if (text.Count(char.IsAsciiDigit) > DataType.MaxDecimalPrecision + 1 // More would be rounded without a word; a zero may stand before the point.
            || !decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) return null;
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        var unscaled = ((Int128)(uint)parts[2] << 64) | ((Int128)(uint)parts[1] << 32) | (uint)parts[0];
        for (var missing = scale - value.Scale; missing != 0; missing -= Math.Sign(missing))
        {
            if (missing > 0 && unscaled < Limit) unscaled *= 10;
            else if (missing > 0) return null;
            else if (unscaled % 10 == 0) unscaled /= 10;
            else return null;
        }

        return decimal.IsNegative(value) ? -unscaled : unscaled;
    }
}
