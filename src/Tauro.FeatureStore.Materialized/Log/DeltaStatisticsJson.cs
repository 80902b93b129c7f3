using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The text of the statistics in a <see cref="DeltaAdd"/>. They are hints: what cannot be said exactly, or not be understood, is left out.</summary>
internal static class DeltaStatisticsJson
{
    private const string TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private const string DateFormat = "yyyy-MM-dd";

    /// <summary>The microseconds by which a timestamp may exceed its text, which ends at the millisecond.</summary>
    private const long CutMicros = DeltaTime.MicrosPerMilli - 1;

    private static readonly int EpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    public static string Write(long rows, IReadOnlyDictionary<string, DeltaColumnStatistics> columns, DeltaSchema schema)
    {
        var known = schema.Columns
            .Where(column => column.Type.Kind != DataTypeKind.Struct) // Readers expect the statistics of its members there.
            .Select(column => (Column: column, Statistics: columns.GetValueOrDefault(column.Name)))
            .ToList();
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonFields.Compact))
        {
            json.WriteStartObject();
            json.WriteNumber("numRecords", rows);
            json.WriteStartObject("minValues");
            foreach (var (column, statistics) in known)
                if (statistics?.Min is { } min) WriteBound(json, column, min, isMax: false);
            json.WriteEndObject();
            json.WriteStartObject("maxValues");
            foreach (var (column, statistics) in known)
                if (statistics?.Max is { } max) WriteBound(json, column, max, isMax: true);
            json.WriteEndObject();
            json.WriteStartObject("nullCount");
            foreach (var (column, statistics) in known)
                if (statistics?.NullCount is { } nulls) json.WriteNumber(column.Name, nulls);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static DeltaStatistics Read(string text, DeltaSchema schema)
    {
        using var document = JsonDocument.Parse(text);
        var json = document.RootElement;
        var columns = new Dictionary<string, DeltaColumnStatistics>(StringComparer.Ordinal);
        foreach (var column in schema.Columns)
        {
            var nulls = Find(json, "nullCount", column.Name) is { ValueKind: JsonValueKind.Number } count && count.TryGetInt64(out var number) ? number : (long?)null;
            var min = ReadBound(Find(json, "minValues", column.Name), column.Type, isMax: false);
            var max = ReadBound(Find(json, "maxValues", column.Name), column.Type, isMax: true);
            if (nulls is not null || min is not null || max is not null) columns[column.Name] = new DeltaColumnStatistics(nulls, min, max);
        }

        return new DeltaStatistics(DeltaActionReader.ReadRows(text), columns);
    }

    private static void WriteBound(Utf8JsonWriter json, DeltaColumn column, StatisticValue value, bool isMax)
    {
        switch (column.Type.Kind)
        {
            case DataTypeKind.Int or DataTypeKind.BigInt:
                json.WriteNumber(column.Name, value.AsInteger);
                break;
            case DataTypeKind.Float or DataTypeKind.Double when double.IsFinite(value.AsDouble):
                json.WriteNumber(column.Name, value.AsDouble);
                break;
            case DataTypeKind.Decimal:
                json.WritePropertyName(column.Name);
                json.WriteRawValue(DecimalText.Format(value.AsUnscaled, value.Scale));
                break;
            case DataTypeKind.Date when value.AsInteger + EpochDay is >= 0 and var day && day <= DateOnly.MaxValue.DayNumber:
                json.WriteString(column.Name, DateOnly.FromDayNumber((int)day).ToString(DateFormat, CultureInfo.InvariantCulture));
                break;
            case DataTypeKind.Timestamp when DeltaTime.IsInRange(value.AsInteger):
                var time = DateTimeOffset.FromUnixTimeMilliseconds(DeltaTime.Millis(value.AsInteger));
                json.WriteString(column.Name, time.ToString(TimestampFormat, CultureInfo.InvariantCulture));
                break;
            case DataTypeKind.String when (isMax ? StatisticText.AtLeast(value.AsText) : StatisticText.AtMost(value.AsText)) is { } text:
                json.WriteString(column.Name, text);
                break;
            default:
                break; // Readers do not ask for more.
        }
    }

    private static StatisticValue? ReadBound(JsonElement? json, DataType type, bool isMax) => (type.Kind, json) switch
    {
        (DataTypeKind.Int or DataTypeKind.BigInt, { ValueKind: JsonValueKind.Number } number) =>
            number.TryGetInt64(out var integer) ? StatisticValue.Integer(integer) : null,
        // The shortest digits of a single are not those of the double of equal value.
        (DataTypeKind.Float, { ValueKind: JsonValueKind.Number } number) =>
            number.TryGetSingle(out var single) && float.IsFinite(single) ? StatisticValue.Double(single) : null,
        (DataTypeKind.Double, { ValueKind: JsonValueKind.Number } number) =>
            number.TryGetDouble(out var floating) && double.IsFinite(floating) ? StatisticValue.Double(floating) : null,
        (DataTypeKind.Decimal, { ValueKind: JsonValueKind.Number } number) =>
            DecimalText.Parse(number.GetRawText(), type.Scale) is { } unscaled ? StatisticValue.Decimal(unscaled, type.Scale) : null,
        (DataTypeKind.Date, { ValueKind: JsonValueKind.String } text) =>
            DateOnly.TryParseExact(ReadText(text), DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? StatisticValue.Integer(day.DayNumber - EpochDay)
                : null,
        (DataTypeKind.Timestamp, { ValueKind: JsonValueKind.String } text) =>
            ReadText(text) is { } written && ReadTime(written) is { } micros ? StatisticValue.Integer(isMax ? micros + CutMicros : micros) : null,
        (DataTypeKind.String, { ValueKind: JsonValueKind.String } text) => ReadText(text) is { } value ? StatisticValue.Text(Encoding.UTF8.GetBytes(value)) : null,
        _ => null,
    };

    /// <summary>A text that another writer cut in the middle of a character is no text.</summary>
    private static string? ReadText(JsonElement json)
    {
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A time that does not say its zone might be of any.</summary>
    private static long? ReadTime(string text)
    {
        var hasZone = text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
        return hasZone && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? UtcTime.FromDateTimeOffset(time) : null;
    }

    private static JsonElement? Find(JsonElement json, string what, string column) =>
        json.Find(what) is { ValueKind: JsonValueKind.Object } values ? values.Find(column) : null;
}
