using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Types;

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
            digest.AppendData(System.Text.Encoding.UTF8.GetBytes($"{field.Name}\0{field.DataType.TypeId}\0"));
            if (isLatest && field.Name == plan.TimeColumn) continue;
            foreach (var batch in plan.Spine.Batches) Add(digest, batch.Column(field.Name));
        }
    }

    /// <summary>The values of a column of keys or times. What stands in the place of a null may differ, and then the answer is only computed once more.</summary>
    private static void Add(IncrementalHash digest, IArrowArray column)
    {
        var data = column.Data;
        digest.AppendData(MemoryMarshal.AsBytes([data.Length, column.NullCount]));
        if (column.NullCount > 0) digest.AppendData(MemoryMarshal.AsBytes(Bits(data.Length, i => column.IsNull(i)).AsSpan()));
        switch (column)
        {
            case BooleanArray truths:
                digest.AppendData(MemoryMarshal.AsBytes(Bits(data.Length, i => truths.GetValue(i) == true).AsSpan()));
                break;
            case StringArray:
                var offsets = ArrowMemory.Offsets(data);
                var lengths = new int[data.Length];
                for (var i = 0; i < lengths.Length; i++) lengths[i] = offsets[i + 1] - offsets[i];
                digest.AppendData(MemoryMarshal.AsBytes(lengths.AsSpan()));
                digest.AppendData(data.Buffers[2].Span[offsets[0]..offsets[data.Length]]);
                break;
            default:
                var width = ((FixedWidthType)data.DataType).BitWidth / 8;
                digest.AppendData(data.Buffers[1].Span.Slice(data.Offset * width, data.Length * width));
                break;
        }
    }

    private static bool[] Bits(int count, Func<int, bool> value)
    {
        var bits = new bool[count];
        for (var i = 0; i < count; i++) bits[i] = value(i);
        return bits;
    }
}
