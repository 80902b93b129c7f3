using System.Globalization;

namespace Tauro.FeatureStore.Specification;

/// <summary>Arrays of a data type's CLR type, made of plain objects.</summary>
public static class TypedArray
{
    public static Array Of(DataType type, IEnumerable<object?> values) => type.Kind switch
    {
        DataTypeKind.Int => values.Select(value => (int?)value).ToArray(),
        DataTypeKind.BigInt => values.Select(value => (long?)value).ToArray(),
        DataTypeKind.Double => values.Select(value => (double?)value).ToArray(),
        DataTypeKind.Decimal => values.Select(value => (decimal?)value).ToArray(),
        DataTypeKind.String => values.Select(value => (string?)value).ToArray(),
        DataTypeKind.Boolean => values.Select(value => (bool?)value).ToArray(),
        DataTypeKind.Timestamp => values.Select(value => (DateTimeOffset?)value).ToArray(),
        DataTypeKind.Date => values.Select(value => (DateOnly?)value).ToArray(),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type.ToString(), string.Create(CultureInfo.InvariantCulture, $"No array is made of {type} here.")),
    };
}
