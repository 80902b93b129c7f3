namespace Tauro.FeatureStore;

/// <summary>The family that a <see cref="DataType"/> belongs to.</summary>
public enum DataTypeKind
{
    /// <summary>A 32-bit signed integer.</summary>
    Int,

    /// <summary>A 64-bit signed integer.</summary>
    BigInt,

    /// <summary>A 32-bit floating-point number.</summary>
    Float,

    /// <summary>A 64-bit floating-point number.</summary>
    Double,

    /// <summary>An exact decimal number with a precision and a scale.</summary>
    Decimal,

    /// <summary>Text in Unicode.</summary>
    String,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>An instant in UTC, in microseconds.</summary>
    Timestamp,

    /// <summary>A calendar day.</summary>
    Date,

    /// <summary>A list of values of one type.</summary>
    Array,

    /// <summary>Pairs of a key and a value.</summary>
    Map,

    /// <summary>Named fields, each of a type of its own.</summary>
    Struct,
}
