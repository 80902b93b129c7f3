namespace Tauro.FeatureStore;

/// <summary>In which type two key columns are compared: one that holds every value of both unchanged.</summary>
internal static class KeyTypes
{
    /// <summary>
    /// The type, or null where the two cannot be compared. Where no decimal holds all values of both it is the stored one, and a given value that does not fit
    /// into that is refused when it is converted.
    /// </summary>
    public static DataType? Common(DataType given, DataType stored)
    {
        if (given == stored) return stored;
        if (IsWhole(given) && IsWhole(stored)) return DataType.BigInt;
        if (given.Kind != DataTypeKind.Decimal || stored.Kind != DataTypeKind.Decimal) return null;
        var scale = Math.Max(given.Scale, stored.Scale);
        var precision = Math.Max(given.Precision - given.Scale, stored.Precision - stored.Scale) + scale;
        return precision <= DataType.MaxDecimalPrecision ? DataType.Decimal(precision, scale) : stored;
    }

    private static bool IsWhole(DataType type) => type.Kind is DataTypeKind.Int or DataTypeKind.BigInt;
}
