using System.Globalization;
using Parquet.Meta;

namespace Tauro.FeatureStore.Materialized;

/// <summary>What the physical values of a leaf stand for.</summary>
internal enum ParquetMeaning
{
    /// <summary>The physical type itself.</summary>
    None,
    SignedInteger,
    UnsignedInteger,
    Decimal,
    Text,
    Date,
    TimestampMillis,
    TimestampMicros,
    TimestampNanos,

    /// <summary>Something that no type of ours can hold.</summary>
    Other,
}

/// <summary>The type of a leaf in a Parquet file.</summary>
/// <param name="Physical">How a value is stored.</param>
/// <param name="Length">The bytes of a value of a fixed length.</param>
/// <param name="Meaning">What it stands for.</param>
/// <param name="Width">The bits of an integer that is said to be narrower than its storage.</param>
/// <param name="Precision">The digits of a decimal.</param>
/// <param name="Scale">The digits after its point.</param>
internal sealed record ParquetLeafType(
    Parquet.Meta.Type Physical, int Length = 0, ParquetMeaning Meaning = ParquetMeaning.None, int Width = 0, int Precision = 0, int Scale = 0)
{
    /// <summary>Decimals wider than 64 bits are stored in 16 bytes, which every reader takes and ours reads without an allocation for each value.</summary>
    private const int WideDecimalLength = 16;

    /// <summary>The leaf in which we store a type that is not nested.</summary>
    public static ParquetLeafType Of(DataType type) => type.Kind switch
    {
        DataTypeKind.Int => new(Parquet.Meta.Type.INT32),
        DataTypeKind.BigInt => new(Parquet.Meta.Type.INT64),
        DataTypeKind.Float => new(Parquet.Meta.Type.FLOAT),
        DataTypeKind.Double => new(Parquet.Meta.Type.DOUBLE),
        DataTypeKind.Boolean => new(Parquet.Meta.Type.BOOLEAN),
        DataTypeKind.String => new(Parquet.Meta.Type.BYTE_ARRAY, Meaning: ParquetMeaning.Text),
        DataTypeKind.Date => new(Parquet.Meta.Type.INT32, Meaning: ParquetMeaning.Date),
        DataTypeKind.Timestamp => new(Parquet.Meta.Type.INT64, Meaning: ParquetMeaning.TimestampMicros),
        DataTypeKind.Decimal => type.Precision switch
        {
            <= 9 => new(Parquet.Meta.Type.INT32, 0, ParquetMeaning.Decimal, 0, type.Precision, type.Scale),
            <= 18 => new(Parquet.Meta.Type.INT64, 0, ParquetMeaning.Decimal, 0, type.Precision, type.Scale),
            _ => new(Parquet.Meta.Type.FIXED_LEN_BYTE_ARRAY, WideDecimalLength, ParquetMeaning.Decimal, 0, type.Precision, type.Scale),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The type as Parquet's documentation writes it: <c>INT64 (TIMESTAMP_MICROS)</c>.</summary>
    public override string ToString()
    {
        var physical = Length > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Physical}({Length})") : Physical.ToString();
        return Meaning switch
        {
            ParquetMeaning.None => physical,
            ParquetMeaning.Decimal => string.Create(CultureInfo.InvariantCulture, $"{physical} (DECIMAL({Precision},{Scale}))"),
            ParquetMeaning.SignedInteger => string.Create(CultureInfo.InvariantCulture, $"{physical} (INT_{Width})"),
            ParquetMeaning.UnsignedInteger => string.Create(CultureInfo.InvariantCulture, $"{physical} (UINT_{Width})"),
            ParquetMeaning.Text => $"{physical} (STRING)",
            ParquetMeaning.Date => $"{physical} (DATE)",
            ParquetMeaning.TimestampMillis => $"{physical} (TIMESTAMP_MILLIS)",
            ParquetMeaning.TimestampMicros => $"{physical} (TIMESTAMP_MICROS)",
            ParquetMeaning.TimestampNanos => $"{physical} (TIMESTAMP_NANOS)",
            _ => $"{physical} (of another meaning)",
        };
    }
}
