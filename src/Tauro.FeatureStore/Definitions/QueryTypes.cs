using Apache.Arrow.Types;

namespace Tauro.FeatureStore;

/// <summary>Which types of a query's columns are read as a declared type.</summary>
/// <remarks>
/// Sums are wider than what they add up: a sum of INT is a number of 128 bits, which engines hand over as a decimal without scale. Whole numbers and decimals that are wider
/// than declared are accepted, and each value is checked when it is read. Everything else follows the widening table.
/// </remarks>
internal static class QueryTypes
{
    public static bool CanRead(IArrowType from, DataType to) =>
        ArrowConvert.CanConvert(from, to) || (from is Decimal128Type { Scale: 0 } && to.Kind is (DataTypeKind.Int or DataTypeKind.BigInt or DataTypeKind.Float or DataTypeKind.Double));

    /// <summary>How a message calls a column's type.</summary>
    public static string NameOf(IArrowType type) => ArrowTypes.FromArrow(type)?.ToString() ?? type switch
    {
        Decimal128Type wide => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"DECIMAL({wide.Precision}, {wide.Scale})"),
        _ => type.Name.ToUpperInvariant(),
    };
}
