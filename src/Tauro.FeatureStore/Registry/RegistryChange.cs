using System.Text.Json;

namespace Tauro.FeatureStore;

/// <summary>One change to the registry: one commit of its log.</summary>
internal abstract record RegistryChange
{
    /// <summary>Writes the change as members of a commit.</summary>
    public abstract void Write(Utf8JsonWriter json);

    public static RegistryChange Read(JsonElement json)
    {
        if (json.TryGetProperty("registerGroup", out var schema)) return new GroupRegistered(SchemaJson.Read(schema));
        if (json.TryGetProperty("removeGroup", out var name)) return new GroupRemoved(name.GetString()!);
        if (json.TryGetProperty("setLineage", out var lineage))
            return new LineageSet(lineage.GetProperty("name").GetString()!, [.. lineage.GetProperty("dependencies").EnumerateArray().Select(item => item.GetString()!)]);
        if (json.TryGetProperty("defineFeatures", out var defined))
            return new FeaturesDefined(
                defined.GetProperty("group").GetString()!, defined.GetProperty("version").GetInt32(),
                [.. defined.GetProperty("definitions").EnumerateArray().Select(DefinitionJson.Read)]);
        if (json.TryGetProperty("deprecate", out var deprecated))
            return new NameDeprecated(
                deprecated.GetProperty("name").GetString()!, deprecated.GetProperty("reason").GetString()!,
                deprecated.TryGetProperty("useInstead", out var other) ? other.GetString() : null);
        if (json.TryGetProperty("liftDeprecation", out var lifted)) return new DeprecationLifted(lifted.GetString()!);
        if (json.TryGetProperty("saveTrainingSet", out var set)) return new TrainingSetSaved(TrainingSetJson.Read(set));
        if (json.TryGetProperty("together", out var changes)) return new ChangedTogether([.. changes.EnumerateArray().Select(Read)]);
        throw new JsonException("The commit holds no change that this version knows; a newer version may have written it.");
    }
}

internal sealed record GroupRegistered(FeatureGroupSchema Schema) : RegistryChange
{
    public override void Write(Utf8JsonWriter json)
    {
        json.WritePropertyName("registerGroup");
        SchemaJson.Write(json, Schema);
    }
}

internal sealed record GroupRemoved(string Name) : RegistryChange
{
    public override void Write(Utf8JsonWriter json) => json.WriteString("removeGroup", Name);
}

internal sealed record LineageSet(string Name, IReadOnlyList<string> Dependencies) : RegistryChange
{
    public override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("setLineage");
        json.WriteString("name", Name);
        json.WriteStartArray("dependencies");
        foreach (var dependency in Dependencies) json.WriteStringValue(dependency);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>All definitions of a group version, in place of those it had.</summary>
internal sealed record FeaturesDefined(string Group, int GroupVersion, IReadOnlyList<VirtualFeatureDefinition> Definitions) : RegistryChange
{
    public override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("defineFeatures");
        json.WriteString("group", Group);
        json.WriteNumber("version", GroupVersion);
        json.WriteStartArray("definitions");
        foreach (var definition in Definitions) DefinitionJson.Write(json, definition);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

internal sealed record NameDeprecated(string Name, string Reason, string? UseInstead) : RegistryChange
{
    public override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("deprecate");
        json.WriteString("name", Name);
        json.WriteString("reason", Reason);
        if (UseInstead is not null) json.WriteString("useInstead", UseInstead);
        json.WriteEndObject();
    }
}

internal sealed record DeprecationLifted(string Name) : RegistryChange
{
    public override void Write(Utf8JsonWriter json) => json.WriteString("liftDeprecation", Name);
}

internal sealed record TrainingSetSaved(SavedTrainingSet TrainingSet) : RegistryChange
{
    public override void Write(Utf8JsonWriter json)
    {
        json.WritePropertyName("saveTrainingSet");
        TrainingSetJson.Write(json, TrainingSet);
    }
}

/// <summary>Several changes that are made all or none, in their order.</summary>
internal sealed record ChangedTogether(IReadOnlyList<RegistryChange> Changes) : RegistryChange
{
    public override void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("together");
        foreach (var change in Changes)
        {
            json.WriteStartObject();
            change.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
