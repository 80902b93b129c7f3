namespace Tauro.FeatureStore.Materialized;

/// <summary>One line of a commit: one change to the table's state.</summary>
internal abstract record DeltaAction;

/// <summary>What a program must understand to read the table, and to write it.</summary>
/// <param name="MinReaderVersion">The least version of the protocol that a reader must know.</param>
/// <param name="MinWriterVersion">The least version of the protocol that a writer must know.</param>
/// <param name="ReaderFeatures">The features that a reader must know, or null where the protocol's version lists none.</param>
/// <param name="WriterFeatures">The features that a writer must know, or null where the protocol's version lists none.</param>
internal sealed record DeltaProtocol(
    int MinReaderVersion, int MinWriterVersion, ValueList<string>? ReaderFeatures, ValueList<string>? WriterFeatures) : DeltaAction;

/// <summary>The table's identity, schema and configuration. A later one replaces all of an earlier one.</summary>
internal sealed record DeltaMetadata : DeltaAction
{
    public const string Parquet = "parquet";

    public required string Id { get; init; }

    /// <summary>The schema as JSON text; <see cref="DeltaSchema"/> reads it.</summary>
    public required string SchemaString { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }

    public string Format { get; init; } = Parquet;

    public ValueList<string> PartitionColumns { get; init; } = ValueList<string>.Empty;

    public ValueMap<string> Configuration { get; init; } = ValueMap<string>.Empty;

    /// <summary>When the table was made, in milliseconds since 1970.</summary>
    public long? CreatedTime { get; init; }
}

/// <summary>A data file becomes part of the table.</summary>
/// <param name="Path">The path relative to the table's folder, decoded and checked.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="ModificationTime">When the file was made, in milliseconds since 1970.</param>
internal sealed record DeltaAdd(string Path, long Size, long ModificationTime) : DeltaAction
{
    /// <summary>False where the commit only rearranges rows.</summary>
    public bool DataChange { get; init; } = true;

    /// <summary>The statistics as JSON text, or null.</summary>
    public string? Stats { get; init; }

    /// <summary>The number of rows that <see cref="Stats"/> states, or null.</summary>
    public long? Rows { get; init; }

    public ValueMap<string> Tags { get; init; } = ValueMap<string>.Empty;

    /// <summary>The values of partition columns, which are not in the file, as text; a column that is not there is null.</summary>
    public ValueMap<string> PartitionValues { get; init; } = ValueMap<string>.Empty;

    /// <summary>Whether some of the file's rows are marked as deleted in a file beside it, which this library cannot read.</summary>
    public bool HasDeletionVector { get; init; }
}

/// <summary>A data file is no longer part of the table. It stays on disk for readers of older versions.</summary>
/// <param name="Path">The path relative to the table's folder, decoded and checked.</param>
/// <param name="DeletionTimestamp">When it was removed, in milliseconds since 1970.</param>
/// <param name="DataChange">False where the commit only rearranges rows.</param>
/// <param name="Size">The size in bytes, where it is known.</param>
internal sealed record DeltaRemove(string Path, long? DeletionTimestamp, bool DataChange, long? Size) : DeltaAction;

/// <summary>An application's mark that its write number so-and-so is in the table, so that a repeated write can be told.</summary>
/// <param name="AppId">The application, or the batch.</param>
/// <param name="Version">The application's own number of the write.</param>
/// <param name="LastUpdated">When the mark was made, in milliseconds since 1970.</param>
internal sealed record DeltaTransactionId(string AppId, long Version, long? LastUpdated) : DeltaAction;

/// <summary>Who committed, what, and when. Nothing in it changes the table's state, but it carries the commit's created time.</summary>
internal sealed record DeltaCommitInfo : DeltaAction
{
    /// <summary>The clock at the commit, in milliseconds since 1970.</summary>
    public long? Timestamp { get; init; }

    /// <summary>The commit's time in tables with the feature of that name: milliseconds since 1970, increasing with the version.</summary>
    public long? InCommitTimestamp { get; init; }

    /// <summary>The created time that this library gave the commit, in microseconds since 1970.</summary>
    public long? CreatedTimeMicros { get; init; }

    public string? Operation { get; init; }

    public ValueMap<string> OperationParameters { get; init; } = ValueMap<string>.Empty;

    public ValueMap<string> OperationMetrics { get; init; } = ValueMap<string>.Empty;

    public long? ReadVersion { get; init; }

    public bool? IsBlindAppend { get; init; }

    public string? EngineInfo { get; init; }

    /// <summary>The identity of the attempt, by which a writer recognises a commit of its own whose success it was not told.</summary>
    public string? TransactionId { get; init; }
}
