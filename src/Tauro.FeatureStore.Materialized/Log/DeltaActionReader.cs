using System.Globalization;
using System.Text.Json;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Reads the lines of a commit. Actions and fields that the protocol may gain later are passed over; what is there must be well formed.</summary>
internal static class DeltaActionReader
{
    public static IReadOnlyList<DeltaAction> Read(DeltaTable table, string fileName, ReadOnlyMemory<byte> content)
    {
        var actions = new List<DeltaAction>();
        var lines = 0;
        for (var rest = content; rest.Length > 0;)
        {
            lines++;
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.Span.Trim(" \r\t"u8).IsEmpty) continue;
            try
            {
                if (ReadLine(line) is { } action) actions.Add(action);
            }
            catch (Exception malformed) when (JsonFields.IsMalformed(malformed))
            {
                throw table.Damaged(string.Create(CultureInfo.InvariantCulture,
                    $"line {lines} of the commit '{fileName}' cannot be read: {malformed.Message.TrimEnd('.')}. Restore that file of the log."), malformed);
            }
        }

        // A file system that makes names durable before content leaves an empty file after a crash; to take it for a commit would hide a lost one.
        return lines > 0 ? actions : throw table.Damaged($"the commit '{fileName}' is empty. Restore that file of the log.");
    }

    /// <summary>The number of rows that the statistics of a file state, or null.</summary>
    public static long? ReadRows(string statistics)
    {
        using var document = JsonDocument.Parse(statistics);
        return document.RootElement.Find("numRecords") is null ? null : document.RootElement.GetCount("numRecords");
    }

    private static DeltaAction? ReadLine(ReadOnlyMemory<byte> line)
    {
        using var document = JsonDocument.Parse(line, JsonFields.Strict);
        var json = document.RootElement;
        if (json.Find("add") is { } add) return ReadAdd(add);
        if (json.Find("remove") is { } remove) return ReadRemove(remove);
        if (json.Find("commitInfo") is { } info) return ReadCommitInfo(info);
        if (json.Find("txn") is { } transaction)
            return new DeltaTransactionId(transaction.GetText("appId"), transaction.Get("version").GetInt64(), transaction.FindLong("lastUpdated"));
        if (json.Find("metaData") is { } metadata) return ReadMetadata(metadata);
        if (json.Find("protocol") is { } protocol) return ReadProtocol(protocol);
        return null;
    }

    private static DeltaProtocol ReadProtocol(JsonElement json) => new(
        json.Get("minReaderVersion").GetInt32(),
        json.Get("minWriterVersion").GetInt32(),
        json.FindTexts("readerFeatures"),
        json.FindTexts("writerFeatures"));

    private static DeltaMetadata ReadMetadata(JsonElement json) => new()
    {
        Id = json.GetText("id"),
        Name = json.FindText("name"),
        Description = json.FindText("description"),
        Format = json.Find("format")?.FindText("provider") ?? DeltaMetadata.Parquet,
        SchemaString = json.GetText("schemaString"),
        PartitionColumns = json.FindTexts("partitionColumns") ?? ValueList<string>.Empty,
        Configuration = json.GetMap("configuration"),
        CreatedTime = json.FindLong("createdTime"),
    };

    private static DeltaAdd ReadAdd(JsonElement json)
    {
        var stats = json.FindText("stats");
        var tags = json.GetMap("tags");
        if (tags.TryGetValue(DeltaTags.CreatedTime, out var created)) DeltaTime.CheckMicros(ParseLong(created));
        if (tags.TryGetValue(DeltaTags.FileOrdinal, out var ordinal)) ParseLong(ordinal);
        if (tags.TryGetValue(DeltaTags.Version, out var version)) ParseLong(version);
        return new DeltaAdd(DeltaPath.Decode(json.GetText("path")), json.GetCount("size"), json.FindLong("modificationTime") ?? 0)
        {
            DataChange = json.Find("dataChange")?.GetBoolean() ?? true,
            Stats = stats,
            Rows = stats is null ? null : ReadRows(stats),
            Tags = tags,
            PartitionValues = json.GetMap("partitionValues"),
            HasDeletionVector = json.Find("deletionVector") is not null,
        };
    }

    private static DeltaRemove ReadRemove(JsonElement json) => new(
        DeltaPath.Decode(json.GetText("path")),
        json.FindLong("deletionTimestamp"),
        json.Find("dataChange")?.GetBoolean() ?? true,
        json.FindLong("size"));

    /// <summary>A writer may put whatever it likes here, so only fields of the usual form are taken.</summary>
    private static DeltaCommitInfo ReadCommitInfo(JsonElement json) => new()
    {
        Timestamp = Number(json, "timestamp") is { } timestamp ? DeltaTime.CheckMillis(timestamp) : null,
        InCommitTimestamp = Number(json, "inCommitTimestamp") is { } inCommit ? DeltaTime.CheckMillis(inCommit) : null,
        CreatedTimeMicros = json.Find("tags") is { ValueKind: JsonValueKind.Object } tags && Text(tags, DeltaTags.CreatedTime) is { } created
            ? DeltaTime.CheckMicros(ParseLong(created))
            : null,
        Operation = Text(json, "operation"),
        OperationParameters = Texts(json, "operationParameters"),
        OperationMetrics = Texts(json, "operationMetrics"),
        ReadVersion = Number(json, "readVersion"),
        IsBlindAppend = json.Find("isBlindAppend") is { ValueKind: JsonValueKind.True or JsonValueKind.False } blind ? blind.GetBoolean() : null,
        EngineInfo = Text(json, "engineInfo"),
        TransactionId = Text(json, "txnId"),
    };

    private static string? Text(JsonElement json, string name) =>
        json.Find(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static long? Number(JsonElement json, string name) =>
        json.Find(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) ? value : null;

    private static ValueMap<string> Texts(JsonElement json, string name) =>
        json.Find(name) is { ValueKind: JsonValueKind.Object } map
            ? new ValueMap<string>(map.EnumerateObject().Select(item => KeyValuePair.Create(item.Name, item.Value.ToString())))
            : ValueMap<string>.Empty;

    private static long ParseLong(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
