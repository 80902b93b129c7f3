using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>
/// Values of any data type as plain objects, to and from Arrow, one by one: slow, simple, and sharing no code with what is tested. An instant is a long of
/// microseconds and a date an int of days; an array is an object?[], a struct too; a map is an array of pairs (object[2]).
/// </summary>
internal static class Cells
{
    public static IArrowArray Build(DataType type, IReadOnlyList<object?> values) => ArrowArrayFactory.BuildArray(Data(type, values));

    private static ArrayData Data(DataType type, IReadOnlyList<object?> values)
    {
        switch (type.Kind)
        {
            case DataTypeKind.Int:
                var ints = new Int32Array.Builder();
                foreach (var value in values) ints.Append((int?)value);
                return ints.Build().Data;
            case DataTypeKind.BigInt:
                var longs = new Int64Array.Builder();
                foreach (var value in values) longs.Append((long?)value);
                return longs.Build().Data;
            case DataTypeKind.Float:
                var floats = new FloatArray.Builder();
                foreach (var value in values) floats.Append((float?)value);
                return floats.Build().Data;
            case DataTypeKind.Double:
                var doubles = new DoubleArray.Builder();
                foreach (var value in values) doubles.Append((double?)value);
                return doubles.Build().Data;
            case DataTypeKind.Boolean:
                var booleans = new BooleanArray.Builder();
                foreach (var value in values) _ = value is bool flag ? booleans.Append(flag) : booleans.AppendNull();
                return booleans.Build().Data;
            case DataTypeKind.String:
                var strings = new StringArray.Builder();
                foreach (var value in values) _ = value is string text ? strings.Append(text) : strings.AppendNull();
                return strings.Build().Data;
            case DataTypeKind.Decimal:
                var decimals = new Decimal128Array.Builder(new Decimal128Type(type.Precision, type.Scale));
                foreach (var value in values) _ = value is decimal number ? decimals.Append(number) : decimals.AppendNull();
                return decimals.Build().Data;
            case DataTypeKind.Date:
                return As(Data(DataType.Int, values), type);
            case DataTypeKind.Timestamp:
                return As(Data(DataType.BigInt, values), type);
            case DataTypeKind.Struct:
                var children = type.Members.Select((member, index) =>
                    Data(member.Type, [.. values.Select(value => value is object?[] members ? members[index] : null)])).ToArray();
                return new ArrayData(ArrowTypes.ToArrow(type), values.Count, Nulls(values), 0, [Validity(values)], children);
            default:
                var offsets = new ArrowBuffer.Builder<int>();
                offsets.Append(0);
                var elements = new List<object?>();
                foreach (var value in values)
                {
                    if (value is object?[] items) elements.AddRange(items);
                    offsets.Append(elements.Count);
                }

                var arrow = ArrowTypes.ToArrow(type);
                var child = type.Kind == DataTypeKind.Array
                    ? Data(type.Element!, elements)
                    : new ArrayData(((MapType)arrow).KeyValueType, elements.Count, 0, 0, [ArrowBuffer.Empty],
                        [Data(type.Key!, [.. elements.Select(pair => ((object?[])pair!)[0])]), Data(type.Element!, [.. elements.Select(pair => ((object?[])pair!)[1])])]);
                return new ArrayData(arrow, values.Count, Nulls(values), 0, [Validity(values), offsets.Build()], [child]);
        }
    }

    private static ArrayData As(ArrayData data, DataType type) =>
        new(ArrowTypes.ToArrow(type), data.Length, data.NullCount, data.Offset, data.Buffers, data.Children);

    private static int Nulls(IReadOnlyList<object?> values) => values.Count(value => value is null);

    private static ArrowBuffer Validity(IReadOnlyList<object?> values)
    {
        var bits = new ArrowBuffer.BitmapBuilder();
        foreach (var value in values) bits.Append(value is not null);
        return bits.Build();
    }

    /// <summary>The values of an array, each as a text that tells all apart.</summary>
    public static IReadOnlyList<string> Texts(IArrowArray array, DataType type) => [.. Enumerable.Range(0, array.Length).Select(index => Text(Value(array, type, index)))];

    public static IReadOnlyList<string> Texts(IEnumerable<object?> values) => [.. values.Select(Text)];

    private static object? Value(IArrowArray array, DataType type, int index)
    {
        if (array.IsNull(index)) return null;
        switch (array)
        {
            case Int32Array ints: return ints.GetValue(index)!.Value;
            case Int64Array longs: return longs.GetValue(index)!.Value;
            case FloatArray floats: return floats.GetValue(index)!.Value;
            case DoubleArray doubles: return doubles.GetValue(index)!.Value;
            case BooleanArray booleans: return booleans.GetValue(index)!.Value;
            case StringArray strings: return strings.GetString(index);
            case Decimal128Array decimals: return decimals.GetValue(index)!.Value;
            case Date32Array dates: return dates.GetValue(index)!.Value;
            case TimestampArray times: return times.GetValue(index)!.Value;
            case MapArray map:
                var pairs = map.KeyValues;
                return Enumerable.Range(map.ValueOffsets[index], map.ValueOffsets[index + 1] - map.ValueOffsets[index])
                    .Select(element => (object?)new[] { Value(pairs.Fields[0], type.Key!, element), Value(pairs.Fields[1], type.Element!, element) }).ToArray();
            case ListArray list:
                return Enumerable.Range(list.ValueOffsets[index], list.ValueOffsets[index + 1] - list.ValueOffsets[index])
                    .Select(element => Value(list.Values, type.Element!, element)).ToArray();
            case StructArray composite:
                return type.Members.Select((member, field) => Value(composite.Fields[field], member.Type, index)).ToArray();
            default:
                throw new InvalidOperationException(array.GetType().Name);
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        object?[] items => $"[{string.Join(", ", items.Select(Text))}]",
        decimal number => (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
