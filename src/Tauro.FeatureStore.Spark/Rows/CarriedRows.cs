using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Apache.Arrow;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The rows of a batch as objects that pass: whole numbers, doubles, truth values and texts. <see cref="CarriedSql.Restore"/> makes the values of them again.</summary>
internal static class CarriedRows
{
    public static IEnumerable<object?[]> Of(RecordBatch batch, IReadOnlyList<DataType> types)
    {
        var readers = new ColumnReader<object?>[types.Count];
        for (var i = 0; i < readers.Length; i++)
        {
            readers[i] = ColumnReaders.Create<object?>(types[i]);
            readers[i].Open(batch.Column(i));
        }

        for (var row = 0; row < batch.Length; row++)
        {
            var values = new object?[readers.Length];
            for (var i = 0; i < values.Length; i++) values[i] = readers[i].Read(row) is { } value ? Carry(value, types[i]) : null;
            yield return values;
        }
    }

    private static object Carry(object value, DataType type) => type.Kind switch
    {
        DataTypeKind.Float => (double)(float)value,
        DataTypeKind.Double => value,
        _ when type.IsNested => Json(value, type),
        _ => Part(value),
    };

    private static object Part(object value) => value switch
    {
        DateTimeOffset moment => UtcTime.FromDateTimeOffset(moment),
        DateOnly day => UtcTime.FromDate(day),
        float or double => ((IFormattable)value).ToString("R", CultureInfo.InvariantCulture),
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        _ => value,
    };

    private static string Json(object value, DataType type)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { MaxDepth = 1000 })) Write(writer, value, type);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void Write(Utf8JsonWriter writer, object? value, DataType type)
    {
        switch (type.Kind)
        {
            case var _ when value is null:
                writer.WriteNullValue();
                break;
            case DataTypeKind.Array:
                writer.WriteStartArray();
                foreach (var element in (IEnumerable)value) Write(writer, element, type.Element!);
                writer.WriteEndArray();
                break;
            case DataTypeKind.Map:
                writer.WriteStartArray();
                foreach (DictionaryEntry entry in (IDictionary)value) WriteObject(writer, [("key", entry.Key, type.Key!), ("value", entry.Value, type.Element!)]);
                writer.WriteEndArray();
                break;
            case DataTypeKind.Struct:
                var members = (IReadOnlyDictionary<string, object?>)value;
                WriteObject(writer, type.Members.Select((member, i) => (CarriedSql.Member(i), members[member.Name], member.Type)));
                break;
            default:
                WritePart(writer, Part(value));
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, IEnumerable<(string Name, object? Value, DataType Type)> members)
    {
        writer.WriteStartObject();
        foreach (var (name, value, type) in members)
        {
            writer.WritePropertyName(name);
            Write(writer, value, type);
        }

        writer.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter writer, object part)
    {
        switch (part)
        {
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            default:
                writer.WriteNumberValue(Convert.ToInt64(part, CultureInfo.InvariantCulture));
                break;
        }
    }
}
