using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Writes the actions of a commit as lines of JSON.</summary>
internal static class DeltaActionWriter
{
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<DeltaAction> actions)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, JsonFields.Compact);
        foreach (var action in actions)
        {
            json.WriteStartObject();
            Write(json, action);
            json.WriteEndObject();
            json.Flush();
            buffer.Write("\n"u8);
            json.Reset(buffer);
        }

        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, DeltaAction action)
    {
        switch (action)
        {
            case DeltaProtocol protocol: Write(json, protocol); break;
            case DeltaMetadata metadata: Write(json, metadata); break;
            case DeltaAdd add: Write(json, add); break;
            case DeltaRemove remove: Write(json, remove); break;
            case DeltaTransactionId transaction: Write(json, transaction); break;
            case DeltaCommitInfo info: Write(json, info); break;
            default: throw new ArgumentOutOfRangeException(nameof(action));
        }
    }

    private static void Write(Utf8JsonWriter json, DeltaProtocol protocol)
    {
        json.WriteStartObject("protocol");
        json.WriteNumber("minReaderVersion", protocol.MinReaderVersion);
        json.WriteNumber("minWriterVersion", protocol.MinWriterVersion);
        if (protocol.ReaderFeatures is { } reader) WriteList(json, "readerFeatures", reader);
        if (protocol.WriterFeatures is { } writer) WriteList(json, "writerFeatures", writer);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DeltaMetadata metadata)
    {
        json.WriteStartObject("metaData");
        json.WriteString("id", metadata.Id);
        WriteText(json, "name", metadata.Name);
        WriteText(json, "description", metadata.Description);
        json.WriteStartObject("format");
        json.WriteString("provider", metadata.Format);
        WriteMap(json, "options", ValueMap<string>.Empty);
        json.WriteEndObject();
        json.WriteString("schemaString", metadata.SchemaString);
        WriteList(json, "partitionColumns", metadata.PartitionColumns);
        WriteMap(json, "configuration", metadata.Configuration);
        WriteNumber(json, "createdTime", metadata.CreatedTime);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DeltaAdd add)
    {
        json.WriteStartObject("add");
        json.WriteString("path", DeltaPath.Encode(add.Path));
        WriteMap(json, "partitionValues", ValueMap<string>.Empty);
        json.WriteNumber("size", add.Size);
        json.WriteNumber("modificationTime", add.ModificationTime);
        json.WriteBoolean("dataChange", add.DataChange);
        WriteText(json, "stats", add.Stats);
        if (add.Tags.Count > 0) WriteMap(json, "tags", add.Tags);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DeltaRemove remove)
    {
        json.WriteStartObject("remove");
        json.WriteString("path", DeltaPath.Encode(remove.Path));
        WriteNumber(json, "deletionTimestamp", remove.DeletionTimestamp);
        json.WriteBoolean("dataChange", remove.DataChange);
        if (remove.Size is { } size)
        {
            json.WriteBoolean("extendedFileMetadata", true);
            WriteMap(json, "partitionValues", ValueMap<string>.Empty);
            json.WriteNumber("size", size);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DeltaTransactionId transaction)
    {
        json.WriteStartObject("txn");
        json.WriteString("appId", transaction.AppId);
        json.WriteNumber("version", transaction.Version);
        WriteNumber(json, "lastUpdated", transaction.LastUpdated);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DeltaCommitInfo info)
    {
        json.WriteStartObject("commitInfo");
        WriteNumber(json, "inCommitTimestamp", info.InCommitTimestamp);
        WriteNumber(json, "timestamp", info.Timestamp);
        WriteText(json, "operation", info.Operation);
        WriteMap(json, "operationParameters", info.OperationParameters);
        WriteNumber(json, "readVersion", info.ReadVersion);
        if (info.IsBlindAppend is { } blind) json.WriteBoolean("isBlindAppend", blind);
        WriteMap(json, "operationMetrics", info.OperationMetrics);
        WriteText(json, "engineInfo", info.EngineInfo);
        WriteText(json, "txnId", info.TransactionId);
        if (info.CreatedTimeMicros is { } created)
        {
            json.WriteStartObject("tags");
            json.WriteString(DeltaTags.CreatedTime, created.ToString(CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null) json.WriteString(name, text);
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value) json.WriteNumber(name, value);
    }

    private static void WriteList(Utf8JsonWriter json, string name, ValueList<string> items)
    {
        json.WriteStartArray(name);
        foreach (var item in items) json.WriteStringValue(item);
        json.WriteEndArray();
    }

    private static void WriteMap(Utf8JsonWriter json, string name, ValueMap<string> items)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in items) json.WriteString(key, value);
        json.WriteEndObject();
    }
}
