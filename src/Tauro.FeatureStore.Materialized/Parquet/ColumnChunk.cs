namespace Tauro.FeatureStore.Materialized;

/// <summary>What the footer says of one leaf's part of a row group.</summary>
internal sealed record ColumnChunk
{
    public required ParquetNode Leaf { get; init; }

    public required long EntryCount { get; init; }

    public required long NullCount { get; init; }

    public required ParquetBounds? Bounds { get; init; }

    public required Parquet.Meta.Encoding Encoding { get; init; }

    public required long? DictionaryOffset { get; init; }

    public required long DataOffset { get; init; }

    public required long CompressedSize { get; init; }

    public required long UncompressedSize { get; init; }
}

/// <summary>What the footer says of one row group.</summary>
internal sealed record RowGroupChunks(long RowCount, IReadOnlyList<ColumnChunk> Columns);
