using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The values of a key or time column in the form in which statistics are compared.</summary>
internal static class ColumnValues
{
    /// <summary>Reads a value by its place; null where the type has no statistics.</summary>
    public static Func<int, StatisticValue>? Of(IArrowArray array, DataType type) => type.Kind switch
    {
        DataTypeKind.Int or DataTypeKind.Date => place => StatisticValue.Integer(ArrowMemory.Values<int>(array)[place]),
        DataTypeKind.BigInt or DataTypeKind.Timestamp => place => StatisticValue.Integer(ArrowMemory.Values<long>(array)[place]),
        DataTypeKind.Decimal => place => StatisticValue.Decimal(ArrowMemory.Values<Int128>(array)[place], type.Scale),
        DataTypeKind.String => place => StatisticValue.Text(((StringArray)array).GetBytes(place)),
        _ => null,
    };
}
