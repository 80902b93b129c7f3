using System.Globalization;
using System.Numerics;
using System.Text.Unicode;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore;

/// <summary>
/// Brings Arrow arrays of any type to the canonical type of a data type, without changing a value: the widening table. Where the layout is the same, buffers are
/// shared and nothing is copied; the result is disposed on its own.
/// </summary>
/// <remarks>
/// Accepted are whole numbers as whole numbers of any width, as floating-point numbers and as decimals, decimals as decimals, float as double, date as timestamp,
/// and timestamps of every unit; each value is checked where it might not fit. Everything else is refused.
/// </remarks>
internal static class ArrowConvert
{
    /// <summary>The array in the canonical type. Throws a <see cref="SchemaValidationException"/> that names the row where a value does not fit.</summary>
    public static IArrowArray ToCanonical(IArrowArray array, DataType type) => ArrowArrayFactory.BuildArray(Convert(array, type));

    /// <summary>Whether arrays of an Arrow type can be brought to a data type, each value checked.</summary>
    public static bool CanConvert(IArrowType from, DataType to) => to.Kind switch
    {
        DataTypeKind.Int or DataTypeKind.BigInt => IsWhole(from),
        DataTypeKind.Float => from is FloatType or HalfFloatType || IsWhole(from),
        DataTypeKind.Double => from is DoubleType or FloatType or HalfFloatType || IsWhole(from),
        DataTypeKind.Decimal => from is Decimal32Type or Decimal64Type or Decimal128Type || IsWhole(from),
        DataTypeKind.String => from is StringType or LargeStringType or StringViewType or DictionaryType { ValueType: StringType },
        DataTypeKind.Boolean => from is BooleanType,
        DataTypeKind.Timestamp => from is TimestampType or Date32Type or Date64Type,
        DataTypeKind.Date => from is Date32Type or Date64Type,
        DataTypeKind.Array => ElementOf(from) is { } element && CanConvert(element, to.Element!),
        DataTypeKind.Map => from is MapType map && CanConvert(map.KeyField.DataType, to.Key!) && CanConvert(map.ValueField.DataType, to.Element!),
        DataTypeKind.Struct => from is StructType composite && composite.Fields.Count == to.Members.Count
            && to.Members.All(member => Find(composite, member.Name) is >= 0 and var place && CanConvert(composite.Fields[place].DataType, member.Type)),
        _ => false,
    };

    private static ArrayData Convert(IArrowArray array, DataType type)
    {
        if (array is NullArray) return ArrowMemory.Nulls(ArrowTypes.ToArrow(type), array.Length).Data;
        if (!CanConvert(array.Data.DataType, type))
            throw new SchemaValidationException($"Values of the Arrow type {array.Data.DataType.Name} are not {type}, and do not widen to it.");
        return type.Kind switch
        {
            DataTypeKind.Int => ToWhole<int>(array, type),
            DataTypeKind.BigInt => ToWhole<long>(array, type),
            DataTypeKind.Float => ToFloating<float>(array, type, maxExact: 1L << 24),
            DataTypeKind.Double => ToFloating<double>(array, type, maxExact: 1L << 53),
            DataTypeKind.Decimal => ToDecimal(array, type),
            DataTypeKind.String => ToText(array),
            DataTypeKind.Timestamp => ToTimestamp(array),
            DataTypeKind.Date => ToDate(array),
            DataTypeKind.Array => ToList(array, type),
            DataTypeKind.Map => ToMap(array, type),
            DataTypeKind.Struct => ToStruct(array, type),
            _ => Retype(array.Data, type),
        };
    }

    private static bool IsWhole(IArrowType type) => type is Int8Type or Int16Type or Int32Type or Int64Type or UInt8Type or UInt16Type or UInt32Type or UInt64Type;

    private static IArrowType? ElementOf(IArrowType type) => type switch
    {
        MapType => null,
        ListType list => list.ValueDataType,
        LargeListType list => list.ValueDataType,
        FixedSizeListType list => list.ValueDataType,
        _ => null,
    };

    private static int Find(StructType type, string name)
    {
        for (var i = 0; i < type.Fields.Count; i++)
            if (type.Fields[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return i;
        return -1;
    }

    private static ArrayData Retype(ArrayData data, DataType type)
    {
        var shared = data.Retain();
        return new ArrayData(ArrowTypes.ToArrow(type), shared.Length, shared.NullCount, shared.Offset, shared.Buffers, shared.Children);
    }

    private static ArrayData ToWhole<T>(IArrowArray array, DataType type) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => array switch
    {
        Int8Array => Map<sbyte, T>(array, type, TryNarrow),
        Int16Array => Map<short, T>(array, type, TryNarrow),
        Int32Array when typeof(T) == typeof(int) => Retype(array.Data, type),
        Int32Array => Map<int, T>(array, type, TryNarrow),
        Int64Array when typeof(T) == typeof(long) => Retype(array.Data, type),
        Int64Array => Map<long, T>(array, type, TryNarrow),
        UInt8Array => Map<byte, T>(array, type, TryNarrow),
        UInt16Array => Map<ushort, T>(array, type, TryNarrow),
        UInt32Array => Map<uint, T>(array, type, TryNarrow),
        _ => Map<ulong, T>(array, type, TryNarrow),
    };

    private static bool TryNarrow<TFrom, TTo>(TFrom value, out TTo narrowed)
        where TFrom : unmanaged, IBinaryInteger<TFrom> where TTo : unmanaged, IBinaryInteger<TTo>, IMinMaxValue<TTo>
    {
        narrowed = TTo.CreateTruncating(value);
        var wide = Int128.CreateTruncating(value);
        return wide >= Int128.CreateTruncating(TTo.MinValue) && wide <= Int128.CreateTruncating(TTo.MaxValue);
    }

    private static ArrayData ToFloating<T>(IArrowArray array, DataType type, long maxExact) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (array is DoubleArray || (array is FloatArray && typeof(T) == typeof(float))) return Retype(array.Data, type);
        if (array is FloatArray) return Map(array, type, (float value, out T widened) => Widen(value, out widened));
        if (array is HalfFloatArray) return Map(array, type, (Half value, out T widened) => Widen(value, out widened));
        using var whole = ArrowArrayFactory.BuildArray(ToWhole<long>(array, DataType.BigInt));
        return Map(whole, type, (long value, out T widened) => Widen(value, out widened) && value >= -maxExact && value <= maxExact);
    }

    private static bool Widen<TFrom, TTo>(TFrom value, out TTo widened) where TFrom : INumberBase<TFrom> where TTo : INumberBase<TTo>
    {
        widened = TTo.CreateTruncating(value);
        return true;
    }

    private static ArrayData ToDecimal(IArrowArray array, DataType type)
    {
        switch (array.Data.DataType)
        {
            case Decimal128Type same when same.Scale == type.Scale && same.Precision == type.Precision: return Retype(array.Data, type);
            case Decimal128Type wide: return Rescale<Int128>(array, wide.Scale, type);
            case Decimal64Type narrow: return Rescale<long>(array, narrow.Scale, type);
            case Decimal32Type narrow: return Rescale<int>(array, narrow.Scale, type);
            case UInt64Type: return Rescale<ulong>(array, 0, type);
        }

        using var whole = ArrowArrayFactory.BuildArray(ToWhole<long>(array, DataType.BigInt));
        return Rescale<long>(whole, 0, type);
    }

    private static ArrayData Rescale<T>(IArrowArray array, int scale, DataType type) where T : unmanaged, IBinaryInteger<T> =>
        Map(array, type, (T value, out Int128 rescaled) => DecimalNumber.TryRescale(Int128.CreateTruncating(value), scale, type.Precision, type.Scale, out rescaled));

    private static ArrayData ToTimestamp(IArrowArray array) => array.Data.DataType switch
    {
        Date32Type => Map(array, DataType.Timestamp, (int day, out long moment) => TryScale(day, UtcTime.MicrosecondsPerDay, out moment)),
        Date64Type => Map(array, DataType.Timestamp, (long value, out long moment) => TryScale(value, 1000, out moment)),
        TimestampType { Unit: TimeUnit.Second } => Map(array, DataType.Timestamp, (long value, out long moment) => TryScale(value, 1_000_000, out moment)),
        TimestampType { Unit: TimeUnit.Millisecond } => Map(array, DataType.Timestamp, (long value, out long moment) => TryScale(value, 1000, out moment)),
        TimestampType { Unit: TimeUnit.Nanosecond } => Map(array, DataType.Timestamp, (long value, out long moment) => TryScale(Floor(value, 1000), 1, out moment)),
        _ => Retype(CheckRange<long>(array, UtcTime.MinValue, UtcTime.MaxValue, DataType.Timestamp), DataType.Timestamp),
    };

    private static bool TryScale(long value, long factor, out long moment)
    {
        moment = unchecked(value * factor);
        return value >= UtcTime.MinValue / factor && value <= UtcTime.MaxValue / factor;
    }

    private static ArrayData ToDate(IArrowArray array) => array.Data.DataType is Date32Type
        ? Retype(CheckRange(array, UtcTime.MinDay, UtcTime.MaxDay, DataType.Date), DataType.Date)
        : Map(array, DataType.Date, (long value, out int day) =>
        {
            var wide = Floor(value, 86_400_000);
            day = unchecked((int)wide);
            return wide is >= UtcTime.MinDay and <= UtcTime.MaxDay;
        });

    private static long Floor(long value, long unit) => (value / unit) - (value % unit < 0 ? 1 : 0);

    private static ArrayData ToText(IArrowArray array)
    {
        if (array is StringArray)
        {
            CheckUtf8(array.Data);
            return Retype(array.Data, DataType.String);
        }

        var builder = new TextBuilder();
        for (var i = 0; i < array.Length; i++)
        {
            var text = array switch
            {
                LargeStringArray large => large.GetString(i),
                StringViewArray view => view.GetString(i),
                DictionaryArray { Dictionary: StringArray words } dictionary => dictionary.IsNull(i) ? null : words.GetString(IndexAt(dictionary.Indices, i)),
                _ => throw new SchemaValidationException($"Values of the Arrow type {array.Data.DataType.Name} are not STRING."),
            };
            if (text is null) builder.AppendNull();
            else builder.Append(text);
        }

        return builder.BuildData();
    }

    private static int IndexAt(IArrowArray indices, int index) => indices switch
    {
        Int8Array narrow => narrow.GetValue(index)!.Value,
        UInt8Array narrow => narrow.GetValue(index)!.Value,
        Int16Array narrow => narrow.GetValue(index)!.Value,
        UInt16Array narrow => narrow.GetValue(index)!.Value,
        Int32Array plain => plain.GetValue(index)!.Value,
        UInt32Array plain => checked((int)plain.GetValue(index)!.Value),
        _ => throw new SchemaValidationException($"A dictionary with indices of the type {indices.Data.DataType.Name} is not STRING."),
    };

    private static void CheckUtf8(ArrayData data)
    {
        var offsets = ArrowMemory.Offsets(data);
        var bytes = data.Buffers[2].Span;
        if (Utf8.IsValid(bytes[offsets[0]..offsets[^1]])) return;
        var validity = ArrowMemory.ValidityBits(data);
        for (var i = 0; i < data.Length; i++)
            if (ArrowMemory.IsValid(validity, data, i) && !Utf8.IsValid(bytes[offsets[i]..offsets[i + 1]]))
                throw Refused(i, "the text is not valid UTF-8");
    }

    private static ArrayData ToList(IArrowArray array, DataType type)
    {
        switch (array)
        {
            case ListArray list:
                using (var elements = ConvertMembers(list.Values, type.Element!, list.Data))
                    return Nested(list.Data, type, elements);
            case FixedSizeListArray fixedSize:
                var size = ((FixedSizeListType)fixedSize.Data.DataType).ListSize;
                using (var values = ArrowArrayFactory.SliceShared(fixedSize.Values, fixedSize.Data.Offset * size, fixedSize.Length * size))
                using (var elements = ConvertMembers(values, type.Element!, element => (int)(element / size)))
                    return WithOffsets(fixedSize, type, elements, i => i * size);
            default:
                var large = (LargeListArray)array;
                var (first, last) = (checked((int)large.ValueOffsets[0]), checked((int)large.ValueOffsets[large.Length]));
                using (var values = ArrowArrayFactory.SliceShared(large.Values, first, last - first))
                using (var elements = ConvertMembers(values, type.Element!, element => RowOf(element + first, i => large.ValueOffsets[i + 1], large.Length)))
                    return WithOffsets(large, type, elements, i => (int)large.ValueOffsets[i] - first);
        }
    }

    private static IArrowArray ConvertMembers(IArrowArray members, DataType type, ArrayData parent) =>
        ConvertMembers(members, type, member => RowOf(member, i => ArrowMemory.Offsets(parent)[i + 1], parent.Length));

    /// <summary>Converts the members of lists or maps; an error names the row that a member belongs to.</summary>
    private static IArrowArray ConvertMembers(IArrowArray members, DataType type, Func<long, int> rowOf)
    {
        try
        {
            return ToCanonical(members, type);
        }
        catch (SchemaValidationException refused) when (refused.Row is { } member)
        {
            var what = refused.Message[(refused.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..];
            throw Refused(rowOf(member), what.TrimEnd('.'));
        }
    }

    private static int RowOf(long member, Func<int, long> endOf, int rows)
    {
        var row = 0;
        while (row < rows && endOf(row) <= member) row++;
        return row;
    }

    private static ArrayData Nested(ArrayData data, DataType type, IArrowArray child)
    {
        var shared = data.Retain();
        foreach (var old in shared.Children) old.Dispose();
        return new ArrayData(ArrowTypes.ToArrow(type), shared.Length, shared.NullCount, shared.Offset, shared.Buffers, [child.Data.Retain()]);
    }

    private static ArrayData WithOffsets(IArrowArray array, DataType type, IArrowArray elements, Func<int, int> offset)
    {
        var bytes = ArrowMemory.Allocate<int>(array.Length + 1);
        var offsets = ArrowMemory.As<int>(bytes);
        for (var i = 0; i < offsets.Length; i++) offsets[i] = offset(i);
        return new ArrayData(ArrowTypes.ToArrow(type), array.Length, array.NullCount, 0, [CopyValidity(array.Data), new ArrowBuffer(bytes)], [elements.Data.Retain()]);
    }

    private static ArrayData ToMap(IArrowArray array, DataType type)
    {
        var map = (MapArray)array;
        using var keys = ConvertMembers(map.Keys, type.Key!, map.Data);
        using var values = ConvertMembers(map.Values, type.Element!, map.Data);
        if (keys.NullCount > 0) throw new SchemaValidationException("A map has a null key.");
        var pairs = new ArrayData(((MapType)ArrowTypes.ToArrow(type)).KeyValueType, keys.Length, 0, 0, [ArrowBuffer.Empty], [keys.Data.Retain(), values.Data.Retain()]);
        using var child = ArrowArrayFactory.BuildArray(pairs);
        return Nested(map.Data, type, child);
    }

    private static ArrayData ToStruct(IArrowArray array, DataType type)
    {
        var composite = (StructArray)array;
        var from = (StructType)composite.Data.DataType;
        // The fields of a sliced struct are sliced with it, so the converted ones start at zero.
        ArrayData[] children = [.. type.Members.Select(member => Convert(composite.Fields[Find(from, member.Name)], member.Type))];
        return new ArrayData(ArrowTypes.ToArrow(type), array.Length, array.NullCount, 0, [CopyValidity(array.Data)], children);
    }

    private static ArrayData CheckRange<T>(IArrowArray array, T min, T max, DataType type) where T : unmanaged, IBinaryInteger<T>
    {
        var values = ArrowMemory.Values<T>(array);
        var validity = ArrowMemory.ValidityBits(array.Data);
        for (var i = 0; i < values.Length; i++)
            if ((values[i] < min || values[i] > max) && ArrowMemory.IsValid(validity, array.Data, i)) throw DoesNotFit(i, type);
        return array.Data;
    }

    private delegate bool TryConvert<in TFrom, TTo>(TFrom value, out TTo converted);

    private static ArrayData Map<TFrom, TTo>(IArrowArray array, DataType type, TryConvert<TFrom, TTo> tryConvert) where TFrom : unmanaged where TTo : unmanaged
    {
        var from = ArrowMemory.Values<TFrom>(array);
        var bytes = ArrowMemory.Allocate<TTo>(array.Length);
        var to = ArrowMemory.As<TTo>(bytes);
        var validity = ArrowMemory.ValidityBits(array.Data);
        for (var i = 0; i < to.Length; i++)
        {
            if (!ArrowMemory.IsValid(validity, array.Data, i)) to[i] = default;
            else if (!tryConvert(from[i], out to[i])) throw DoesNotFit(i, type);
        }

        return new ArrayData(ArrowTypes.ToArrow(type), array.Length, array.NullCount, 0, [CopyValidity(array.Data), new ArrowBuffer(bytes)]);
    }

    /// <summary>The validity bits of an array from its own first value on, so that they stand beside newly made values.</summary>
    private static ArrowBuffer CopyValidity(ArrayData data)
    {
        var validity = ArrowMemory.ValidityBits(data);
        if (validity.IsEmpty) return ArrowBuffer.Empty;
        var copy = new byte[ArrowMemory.BitmapBytes(data.Length)];
        for (var i = 0; i < data.Length; i++)
            if (ArrowMemory.GetBit(validity, data.Offset + i)) ArrowMemory.SetBit(copy, i);
        return new ArrowBuffer(copy);
    }

    private static SchemaValidationException DoesNotFit(int row, DataType type) => Refused(row, type.Kind switch
    {
        DataTypeKind.Timestamp or DataTypeKind.Date => $"the {type} is infinite or outside of the years 1 to 9999",
        DataTypeKind.Decimal => $"the number has more digits than {type} holds",
        DataTypeKind.Float or DataTypeKind.Double => $"the whole number is too large for {type} to hold exactly",
        _ => $"the number does not fit into {type}",
    });

    private static SchemaValidationException Refused(int row, string why) =>
        new(string.Create(CultureInfo.InvariantCulture, $"Row {row}: {why}.")) { Row = row };
}
