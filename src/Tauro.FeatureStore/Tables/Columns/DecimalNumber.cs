namespace Tauro.FeatureStore;

/// <summary>Decimals as Arrow, Parquet and DuckDB hold them: a whole number of units of the last digit.</summary>
internal static class DecimalNumber
{
    private static readonly Int128[] Powers = MakePowers();

    public static Int128 Power(int exponent) => Powers[exponent];

    /// <summary>The whole number that stands for a decimal, or false where it does not fit exactly.</summary>
    public static bool TryUnscale(decimal value, int precision, int scale, out Int128 unscaled)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        unscaled = (Int128)(((UInt128)(uint)parts[2] << 64) | ((UInt128)(uint)parts[1] << 32) | (uint)parts[0]);
        if (decimal.IsNegative(value)) unscaled = -unscaled;
        return TryRescale(unscaled, value.Scale, precision, scale, out unscaled);
    }

    /// <summary>The same number in units of another last digit, or false where digits would be lost or are too many.</summary>
    public static bool TryRescale(Int128 value, int fromScale, int precision, int scale, out Int128 rescaled)
    {
        rescaled = value;
        if (scale > fromScale)
        {
            var limit = Int128.MaxValue / Powers[scale - fromScale];
            if (value > limit || value < -limit) return false;
            rescaled = value * Powers[scale - fromScale];
        }
        else if (scale < fromScale)
        {
            (rescaled, var lost) = Int128.DivRem(value, Powers[fromScale - scale]);
            if (lost != 0) return false;
        }

        return rescaled < Powers[precision] && rescaled > -Powers[precision];
    }

    /// <summary>The .NET decimal of at most 28 digits.</summary>
    public static decimal ToDecimal(Int128 unscaled, int scale)
    {
        var negative = unscaled < 0;
        var digits = (UInt128)(negative ? -unscaled : unscaled);
        return new decimal((int)(uint)(ulong)digits, (int)(uint)(ulong)(digits >> 32), (int)(uint)(ulong)(digits >> 64), negative, (byte)scale);
    }

    private static Int128[] MakePowers()
    {
        var powers = new Int128[39];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++) powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
