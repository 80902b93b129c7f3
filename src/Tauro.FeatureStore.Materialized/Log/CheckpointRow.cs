namespace Tauro.FeatureStore.Materialized;

/// <summary>One row of a checkpoint: one action, in the column of its kind. The names are those of the protocol but for the case of their first letters.</summary>
internal sealed record CheckpointRow
{
    public CheckpointTransaction? Txn { get; init; }

    public CheckpointAdd? Add { get; init; }

    public CheckpointRemove? Remove { get; init; }

    public CheckpointMetadata? MetaData { get; init; }

    public CheckpointProtocol? Protocol { get; init; }

    public static CheckpointRow Of(DeltaAction action) => action switch
    {
        DeltaTransactionId mark => new() { Txn = new() { AppId = mark.AppId, Version = mark.Version, LastUpdated = mark.LastUpdated } },
        DeltaAdd add => new()
        {
            Add = new()
            {
                Path = DeltaPath.Encode(add.Path),
                PartitionValues = ValueMap<string>.Empty,
                Size = add.Size,
                ModificationTime = add.ModificationTime,
                Tags = add.Tags,
                Stats = add.Stats,
            },
        },
        DeltaRemove remove => new()
        {
            Remove = new()
            {
                Path = DeltaPath.Encode(remove.Path),
                DeletionTimestamp = remove.DeletionTimestamp,
                ExtendedFileMetadata = remove.Size is not null,
                PartitionValues = ValueMap<string>.Empty,
                Size = remove.Size,
            },
        },
        DeltaMetadata metadata => new()
        {
            MetaData = new()
            {
                Id = metadata.Id,
                Name = metadata.Name,
                Description = metadata.Description,
                Format = new() { Provider = metadata.Format, Options = ValueMap<string>.Empty },
                SchemaString = metadata.SchemaString,
                PartitionColumns = [.. metadata.PartitionColumns],
                Configuration = metadata.Configuration,
                CreatedTime = metadata.CreatedTime,
            },
        },
        DeltaProtocol protocol => new()
        {
            Protocol = new()
            {
                MinReaderVersion = protocol.MinReaderVersion,
                MinWriterVersion = protocol.MinWriterVersion,
                ReaderFeatures = protocol.ReaderFeatures is { } reader ? [.. reader] : null,
                WriterFeatures = protocol.WriterFeatures is { } writer ? [.. writer] : null,
            },
        },
        _ => throw new ArgumentOutOfRangeException(nameof(action)),
    };

    /// <summary>The action, or null where the row holds one that this library passes over.</summary>
    public DeltaAction? ToAction() => this switch
    {
        { Add: { } add } => new DeltaAdd(DeltaPath.Decode(Required(add.Path)), add.Size ?? throw new FormatException("a file has no size"), add.ModificationTime ?? 0)
        {
            DataChange = false,
            Stats = add.Stats,
            Rows = add.Stats is null ? null : DeltaActionReader.ReadRows(add.Stats),
            Tags = Map(add.Tags),
        },
        { Remove: { } remove } => new DeltaRemove(DeltaPath.Decode(Required(remove.Path)), remove.DeletionTimestamp, false, remove.Size),
        { Txn: { } mark } => new DeltaTransactionId(Required(mark.AppId), mark.Version ?? throw new FormatException("a transaction has no version"), mark.LastUpdated),
        { MetaData: { } metadata } => new DeltaMetadata
        {
            Id = Required(metadata.Id),
            Name = metadata.Name,
            Description = metadata.Description,
            Format = metadata.Format?.Provider ?? DeltaMetadata.Parquet,
            SchemaString = Required(metadata.SchemaString),
            PartitionColumns = ValueList.Of((metadata.PartitionColumns ?? []).OfType<string>()),
            Configuration = Map(metadata.Configuration),
            CreatedTime = metadata.CreatedTime,
        },
        { Protocol: { } protocol } => new DeltaProtocol(
            protocol.MinReaderVersion ?? throw new FormatException("the protocol has no reader version"),
            protocol.MinWriterVersion ?? throw new FormatException("the protocol has no writer version"),
            protocol.ReaderFeatures is { } reader ? ValueList.Of(reader.OfType<string>()) : null,
            protocol.WriterFeatures is { } writer ? ValueList.Of(writer.OfType<string>()) : null),
        _ => null,
    };

    private static string Required(string? text) => text ?? throw new FormatException("a field that the protocol requires is missing");

    private static ValueMap<string> Map(IReadOnlyDictionary<string, string>? map) => map is null
        ? ValueMap<string>.Empty
        : new ValueMap<string>(map.Where(item => item.Value is not null).Select(item => KeyValuePair.Create(item.Key, item.Value)));
}

internal sealed record CheckpointTransaction
{
    public string? AppId { get; init; }

    public long? Version { get; init; }

    public long? LastUpdated { get; init; }
}

internal sealed record CheckpointAdd
{
    public string? Path { get; init; }

    public IReadOnlyDictionary<string, string>? PartitionValues { get; init; }

    public long? Size { get; init; }

    public long? ModificationTime { get; init; }

    public bool? DataChange { get; init; } = false;

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public string? Stats { get; init; }
}

internal sealed record CheckpointRemove
{
    public string? Path { get; init; }

    public long? DeletionTimestamp { get; init; }

    public bool? DataChange { get; init; } = false;

    public bool? ExtendedFileMetadata { get; init; }

    public IReadOnlyDictionary<string, string>? PartitionValues { get; init; }

    public long? Size { get; init; }
}

internal sealed record CheckpointMetadata
{
    public string? Id { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }

    public CheckpointFormat? Format { get; init; }

    public string? SchemaString { get; init; }

    public string?[]? PartitionColumns { get; init; }

    public IReadOnlyDictionary<string, string>? Configuration { get; init; }

    public long? CreatedTime { get; init; }
}

internal sealed record CheckpointFormat
{
    public string? Provider { get; init; }

    public IReadOnlyDictionary<string, string>? Options { get; init; }
}

internal sealed record CheckpointProtocol
{
    public int? MinReaderVersion { get; init; }

    public int? MinWriterVersion { get; init; }

    public string?[]? ReaderFeatures { get; init; }

    public string?[]? WriterFeatures { get; init; }
}
