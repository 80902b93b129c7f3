using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Tauro.FeatureStore.Virtualized;

/// <summary>All that changes the answer of a plan, as a digest: the queries with their parameters, the columns, the rules, the entities and their moments.</summary>
internal static class AnswerKey
{
    private const string Latest = "latest";

    /// <summary>The digest.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="isLatest">Whether the moment is now, for which a word stands.</param>
    /// <param name="sourceVersion">The version of the tables that the queries read, as far as it is known.</param>
    public static string Of(RetrievalPlan plan, bool isLatest, string sourceVersion)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartArray();
            json.WriteStringValue(plan.GetType().Name);
            json.WriteStringValue(sourceVersion);
            switch (plan)
            {
                case AsOfPlan asOf:
                    foreach (var read in asOf.Reads) Write(json, read);
                    break;
                case EntitiesPlan entities:
                    Write(json, entities.Rows);
                    foreach (var key in entities.Keys) json.WriteStringValue(key.ToString());
                    json.WriteStringValue(entities.Visibility.ToString());
                    if (isLatest) json.WriteStringValue(Latest);
                    else json.WriteNumberValue(entities.Moment);
                    break;
                case RangePlan range:
                    Write(json, range.Rows);
                    foreach (var key in range.Keys) json.WriteStringValue(key.ToString());
                    foreach (var output in range.Outputs) json.WriteStringValue(output.ToString());
                    json.WriteNumberValue(range.From);
                    json.WriteNumberValue(range.To);
                    break;
            }

            json.WriteEndArray();
        }

        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(text.WrittenSpan);
        if (plan is AsOfPlan rows) AddSpine(digest, rows, isLatest);
        return Convert.ToHexString(digest.GetHashAndReset());
    }

    private static void Write(Utf8JsonWriter json, AsOfRead read)
    {
        json.WriteStartArray();
        Write(json, read.Rows);
        foreach (var key in read.Keys) json.WriteStringValue(key.ToString());
        foreach (var output in read.Outputs) json.WriteStringValue(output.ToString());
        json.WriteStringValue(read.Visibility.ToString());
        json.WriteStringValue(read.NotNull?.ToString());
        json.WriteStringValue(read.EventTimeOutput);
        json.WriteStringValue(read.MatchOutput);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, SourceRows rows)
    {
        var sql = (SqlSource)rows.Source;
        json.WriteStartObject();
        json.WriteString("sql", sql.Sql);
        json.WriteString("eventTime", rows.EventTime?.ToString());
        json.WriteString("createdTime", rows.CreatedTime?.ToString());
        json.WriteStartObject("parameters");
        foreach (var (name, value) in sql.Parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal)) DefinitionParameter.Write(json, name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void AddSpine(IncrementalHash digest, AsOfPlan plan, bool isLatest)
    {
        foreach (var field in plan.Spine.Schema.FieldsList)
        {
            digest.AppendData(Encoding.UTF8.GetBytes($"{field.Name}\0{field.DataType.TypeId}\0"));
            if (isLatest && field.Name == plan.TimeColumn) continue;
            using var values = new ColumnHash();
            foreach (var batch in plan.Spine.Batches) values.Add(batch.Column(field.Name));
            digest.AppendData(Encoding.ASCII.GetBytes(values.Finish()));
        }
    }
}
