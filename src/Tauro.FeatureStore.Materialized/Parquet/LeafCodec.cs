namespace Tauro.FeatureStore.Materialized;

/// <summary>How the physical values of a leaf become values of a data type.</summary>
internal enum LeafCodec
{
    Int32,
    Int64,
    Single,
    Double,
    Boolean,
    Text,
    Int32ToInt64,
    UInt32ToInt64,
    SingleToDouble,
    Millis,
    Nanos,
    Int96,
    DecimalInt32,
    DecimalInt64,
    Decimal12,
    Decimal16,
    DecimalBytes,
}

/// <summary>Which leaves can be read as which types: those that lose nothing.</summary>
internal static class LeafCodecs
{
    public static LeafCodec? Find(ParquetLeafType leaf, DataType type) => type.Kind switch
    {
        DataTypeKind.Int => Int(leaf),
        DataTypeKind.BigInt => BigInt(leaf),
        DataTypeKind.Float => leaf is { Physical: Parquet.Meta.Type.FLOAT, Meaning: ParquetMeaning.None } ? LeafCodec.Single : null,
        DataTypeKind.Double => leaf switch
        {
            { Physical: Parquet.Meta.Type.DOUBLE, Meaning: ParquetMeaning.None } => LeafCodec.Double,
            { Physical: Parquet.Meta.Type.FLOAT, Meaning: ParquetMeaning.None } => LeafCodec.SingleToDouble,
            _ => null,
        },
        DataTypeKind.Boolean => leaf is { Physical: Parquet.Meta.Type.BOOLEAN } ? LeafCodec.Boolean : null,
        DataTypeKind.String => leaf is { Physical: Parquet.Meta.Type.BYTE_ARRAY, Meaning: ParquetMeaning.Text } ? LeafCodec.Text : null,
        DataTypeKind.Date => leaf is { Physical: Parquet.Meta.Type.INT32, Meaning: ParquetMeaning.Date } ? LeafCodec.Int32 : null,
        DataTypeKind.Timestamp => Timestamp(leaf),
        DataTypeKind.Decimal => Decimal(leaf, type),
        _ => null,
    };

    private static LeafCodec? Int(ParquetLeafType leaf) => leaf switch
    {
        { Physical: not Parquet.Meta.Type.INT32 } => null,
        { Meaning: ParquetMeaning.None or ParquetMeaning.SignedInteger } => LeafCodec.Int32,
        { Meaning: ParquetMeaning.UnsignedInteger, Width: < 32 } => LeafCodec.Int32,
        _ => null,
    };

    private static LeafCodec? BigInt(ParquetLeafType leaf) => leaf switch
    {
        { Physical: Parquet.Meta.Type.INT64, Meaning: ParquetMeaning.None or ParquetMeaning.SignedInteger } => LeafCodec.Int64,
        { Physical: Parquet.Meta.Type.INT32, Meaning: ParquetMeaning.UnsignedInteger, Width: 32 } => LeafCodec.UInt32ToInt64,
        _ => Int(leaf) is null ? null : LeafCodec.Int32ToInt64,
    };

    private static LeafCodec? Timestamp(ParquetLeafType leaf) => leaf switch
    {
        { Physical: Parquet.Meta.Type.INT64, Meaning: ParquetMeaning.TimestampMicros } => LeafCodec.Int64,
        { Physical: Parquet.Meta.Type.INT64, Meaning: ParquetMeaning.TimestampMillis } => LeafCodec.Millis,
        { Physical: Parquet.Meta.Type.INT64, Meaning: ParquetMeaning.TimestampNanos } => LeafCodec.Nanos,
        { Physical: Parquet.Meta.Type.INT96 } => LeafCodec.Int96,
        _ => null,
    };

    /// <summary>A file's decimal may be declared wider than ours: each value is checked then.</summary>
    private static LeafCodec? Decimal(ParquetLeafType leaf, DataType type)
    {
        if (leaf.Meaning != ParquetMeaning.Decimal || leaf.Scale != type.Scale) return null;
        return (leaf.Physical, leaf.Length) switch
        {
            (Parquet.Meta.Type.INT32, _) => LeafCodec.DecimalInt32,
            (Parquet.Meta.Type.INT64, _) => LeafCodec.DecimalInt64,
            (Parquet.Meta.Type.FIXED_LEN_BYTE_ARRAY, 12) => LeafCodec.Decimal12,
            (Parquet.Meta.Type.FIXED_LEN_BYTE_ARRAY, 16) => LeafCodec.Decimal16,
            (Parquet.Meta.Type.FIXED_LEN_BYTE_ARRAY or Parquet.Meta.Type.BYTE_ARRAY, _) => LeafCodec.DecimalBytes,
            _ => null,
        };
    }
}
