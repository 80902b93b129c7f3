using System.Text.Json;

namespace Tauro.FeatureStore;

/// <summary>Saved training sets as JSON and back.</summary>
internal static class TrainingSetJson
{
    public static void Write(Utf8JsonWriter json, SavedTrainingSet set)
    {
        json.WriteStartObject();
        json.WriteString("name", set.Name);
        json.WriteNumber("version", set.Version);
        json.WriteStartArray("features");
        foreach (var feature in set.Features) Write(json, feature);
        json.WriteEndArray();
        json.WriteString("timeColumn", set.TimeColumn);
        json.WriteStartObject("options");
        if (set.Options.Lookback is { } lookback) json.WriteNumber("lookbackTicks", lookback.Ticks);
        json.WriteBoolean("knownAsOf", set.Options.KnownAsOf);
        json.WriteBoolean("allowExactMatches", set.Options.AllowExactMatches);
        json.WriteBoolean("includeMatches", set.Options.IncludeMatches);
        json.WriteBoolean("allowNullTimes", set.Options.AllowNullTimes);
        json.WriteEndObject();
        json.WriteStartObject("tableVersions");
        foreach (var (group, version) in set.TableVersions)
        {
            if (version is { } number) json.WriteNumber(group, number);
            else json.WriteNull(group);
        }

        json.WriteEndObject();
        Write(json, "spine", set.Spine);
        Write(json, "answer", set.Answer);
        json.WriteEndObject();
    }

    public static SavedTrainingSet Read(JsonElement json)
    {
        var options = json.GetProperty("options");
        return new SavedTrainingSet(Identifier.Check(json.GetProperty("name").GetString(), "training set"), json.GetProperty("version").GetInt32())
        {
            Features = [.. json.GetProperty("features").EnumerateArray().Select(ReadFeature)],
            TimeColumn = json.GetProperty("timeColumn").GetString()!,
            Options = new RetrievalOptions
            {
                Lookback = options.TryGetProperty("lookbackTicks", out var lookback) ? TimeSpan.FromTicks(lookback.GetInt64()) : null,
                KnownAsOf = options.GetProperty("knownAsOf").GetBoolean(),
                AllowExactMatches = options.GetProperty("allowExactMatches").GetBoolean(),
                IncludeMatches = options.GetProperty("includeMatches").GetBoolean(),
                AllowNullTimes = options.GetProperty("allowNullTimes").GetBoolean(),
            },
            TableVersions = json.GetProperty("tableVersions").EnumerateObject()
                .ToDictionary(item => item.Name, item => item.Value.ValueKind == JsonValueKind.Null ? (long?)null : item.Value.GetInt64()),
            Spine = ReadFingerprint(json.GetProperty("spine")),
            Answer = ReadFingerprint(json.GetProperty("answer")),
        };
    }

    private static void Write(Utf8JsonWriter json, FeatureReference feature)
    {
        json.WriteStartObject();
        json.WriteString("reference", feature.ToString());
        json.WriteBoolean("skipNulls", feature.SkipNulls);
        if (feature.Store is { } store) json.WriteString("store", store.ToString());
        json.WriteStartObject("keyColumns");
        foreach (var (key, column) in feature.KeyColumns) json.WriteString(key, column);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static FeatureReference ReadFeature(JsonElement json) => FeatureReference.Parse(json.GetProperty("reference").GetString()!) with
    {
        SkipNulls = json.GetProperty("skipNulls").GetBoolean(),
        Store = json.TryGetProperty("store", out var store) ? Enum.Parse<StoreKind>(store.GetString()!) : null,
        KeyColumns = json.GetProperty("keyColumns").EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetString()!),
    };

    private static void Write(Utf8JsonWriter json, string name, TableFingerprint table)
    {
        json.WriteStartObject(name);
        json.WriteNumber("rows", table.RowCount);
        json.WriteStartArray("columns");
        foreach (var column in table.Columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("type", column.Type);
            json.WriteString("sha256", column.Sha256);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static TableFingerprint ReadFingerprint(JsonElement json) => new(json.GetProperty("rows").GetInt64(),
    [
        .. json.GetProperty("columns").EnumerateArray()
            .Select(column => new ColumnFingerprint(column.GetProperty("name").GetString()!, column.GetProperty("type").GetString()!, column.GetProperty("sha256").GetString()!)),
    ]);
}
