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

    /// <summary>The pages of a flat column; none of another.</summary>
    public IReadOnlyList<PageEntry> Pages { get; init; } = [];

    /// <summary>Where the bounds of the pages stand.</summary>
    public FilePlace? ColumnIndex { get; init; }

    /// <summary>Where the places of the pages stand.</summary>
    public FilePlace? OffsetIndex { get; init; }
}

/// <summary>Some bytes of a file.</summary>
internal readonly record struct FilePlace(long Offset, int Length);

/// <summary>What the footer says of one row group.</summary>
internal sealed record RowGroupChunks(long RowCount, IReadOnlyList<ColumnChunk> Columns);
