using System.Text.Json;

namespace Tauro.FeatureStore;

/// <summary>One commit of the registry's log: a change, when it was made and by whom.</summary>
internal sealed record RegistryCommit(RegistryChange Change, DateTimeOffset Time, string Author)
{
    /// <summary>The newest format of commits that this version reads and writes.</summary>
    public const int Format = 1;

    public byte[] ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteString("time", Time);
            json.WriteString("by", Author);
            Change.Write(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    public static RegistryCommit FromJson(ReadOnlyMemory<byte> content)
    {
        using var document = JsonDocument.Parse(content);
        var json = document.RootElement;
        if (json.TryGetProperty("format", out var format) && format.GetInt32() > Format)
            throw new JsonException($"It has the format {format.GetInt32()}, and this version reads formats up to {Format}. Update the library.");
        return new RegistryCommit(
            RegistryChange.Read(json), json.GetProperty("time").GetDateTimeOffset(), json.TryGetProperty("by", out var author) ? author.GetString()! : FeatureGroupSchema.UnknownOwner);
    }

    /// <summary>Whether an exception says that a stored text is not what it should be.</summary>
    public static bool IsUnreadable(Exception failure) =>
        failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or OverflowException or FeatureStoreException;
}
