namespace Tauro.FeatureStore.Materialized;

/// <summary>How far decimals of a precision reach.</summary>
internal static class DecimalDigits
{
    private static readonly Int128[] Powers = MakePowers();

    /// <summary>The least unscaled value that has one digit too many: ten to the power of the precision, which is 0 to 38.</summary>
    public static Int128 Limit(int precision) => Powers[precision];

    private static Int128[] MakePowers()
    {
        var powers = new Int128[39];
        powers[0] = 1;
        for (var digits = 1; digits < powers.Length; digits++) powers[digits] = powers[digits - 1] * 10;
        return powers;
    }
}
