using System.Runtime.CompilerServices;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore;

/// <summary>Picks values of an array by their places, column by column: what turns row numbers into rows.</summary>
internal static class ArrowTake
{
    /// <summary>The place that stands for null.</summary>
    public const int Null = -1;

    /// <summary>An array of the same canonical type with the values at the given places, in their order; <see cref="Null"/> gives null.</summary>
    public static IArrowArray Take(IArrowArray source, ReadOnlySpan<int> places) => ArrowArrayFactory.BuildArray(TakeData(source, places));

    /// <summary>A batch of the rows at the given places, in their order; the caller disposes it.</summary>
    public static RecordBatch Take(RecordBatch source, ReadOnlySpan<int> places)
    {
        var columns = new IArrowArray[source.ColumnCount];
        for (var i = 0; i < columns.Length; i++) columns[i] = Take(source.Column(i), places);
        return new RecordBatch(source.Schema, columns, places.Length);
    }

    /// <summary>One array of several of the same canonical type. The result is disposed on its own.</summary>
    public static IArrowArray Concatenate(IReadOnlyList<IArrowArray> arrays, IArrowType type) => arrays.Count switch
    {
        0 => ArrowMemory.Nulls(type, 0),
        1 => ArrowArrayFactory.BuildArray(arrays[0].Data.Retain()),
        _ => ArrowArrayConcatenator.Concatenate(arrays),
    };

    private static ArrayData TakeData(IArrowArray source, ReadOnlySpan<int> places)
    {
        var data = source.Data;
        var (validity, nulls) = TakeValidity(data, places);
        var length = places.Length;
        ArrayData Made(ArrowBuffer[] buffers, ArrayData[]? children = null) => new(data.DataType, length, nulls, 0, [validity, .. buffers], children);
        switch (source)
        {
            case BooleanArray:
                return Made([TakeBits(data, places)]);
            case StringArray:
                var (offsets, bytes) = TakeText(data, places);
                return Made([offsets, bytes]);
            case MapArray map:
                return TakeLists(data, map.KeyValues, places, Made);
            case ListArray list:
                return TakeLists(data, list.Values, places, Made);
            case StructArray composite:
                var children = new ArrayData[composite.Fields.Count];
                for (var i = 0; i < children.Length; i++) children[i] = TakeData(composite.Fields[i], places);
                return Made([], children);
        }

        return Made([((FixedWidthType)data.DataType).BitWidth switch
        {
            32 => TakeValues<int>(source, places),
            64 => TakeValues<long>(source, places),
            128 => TakeValues<Int128>(source, places),
            _ => throw new ArgumentException($"{data.DataType.Name} is not the Arrow type of a data type.", nameof(source)),
        }]);
    }

    private static (ArrowBuffer Bits, int Nulls) TakeValidity(ArrayData data, ReadOnlySpan<int> places)
    {
        var from = ArrowMemory.ValidityBits(data);
        if (from.IsEmpty && places.IndexOf(Null) < 0) return (ArrowBuffer.Empty, 0);
        var bits = new byte[ArrowMemory.BitmapBytes(places.Length)];
        var nulls = 0;
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i] != Null && ArrowMemory.IsValid(from, data, places[i])) ArrowMemory.SetBit(bits, i);
            else nulls++;
        }

        return nulls == 0 ? (ArrowBuffer.Empty, 0) : (new ArrowBuffer(bits), nulls);
    }

    private static ArrowBuffer TakeValues<T>(IArrowArray source, ReadOnlySpan<int> places) where T : unmanaged
    {
        var from = ArrowMemory.Values<T>(source);
        var bytes = ArrowMemory.Allocate<T>(places.Length);
        var to = ArrowMemory.As<T>(bytes);
        for (var i = 0; i < to.Length; i++) to[i] = places[i] == Null ? default : from[places[i]];
        return new ArrowBuffer(bytes);
    }

    private static ArrowBuffer TakeBits(ArrayData data, ReadOnlySpan<int> places)
    {
        var from = data.Buffers[1].Span;
        var bits = new byte[ArrowMemory.BitmapBytes(places.Length)];
        for (var i = 0; i < places.Length; i++)
            if (places[i] != Null && ArrowMemory.GetBit(from, data.Offset + places[i])) ArrowMemory.SetBit(bits, i);
        return new ArrowBuffer(bits);
    }

    private static (ArrowBuffer Offsets, ArrowBuffer Bytes) TakeText(ArrayData data, ReadOnlySpan<int> places)
    {
        var from = ArrowMemory.Offsets(data);
        var text = data.Buffers[2].Span;
        var offsetBytes = ArrowMemory.Allocate<int>(places.Length + 1);
        var offsets = ArrowMemory.As<int>(offsetBytes);
        offsets[0] = 0;
        for (var i = 0; i < places.Length; i++)
            offsets[i + 1] = checked(offsets[i] + (places[i] == Null ? 0 : from[places[i] + 1] - from[places[i]]));

        var bytes = GC.AllocateUninitializedArray<byte>(offsets[^1]);
        for (var i = 0; i < places.Length; i++)
            if (places[i] != Null) text[from[places[i]]..from[places[i] + 1]].CopyTo(bytes.AsSpan(offsets[i]));
        return (new ArrowBuffer(offsetBytes), new ArrowBuffer(bytes));
    }

    private static ArrayData TakeLists(ArrayData data, IArrowArray values, ReadOnlySpan<int> places, Func<ArrowBuffer[], ArrayData[]?, ArrayData> make)
    {
        var from = ArrowMemory.Offsets(data);
        var offsetBytes = ArrowMemory.Allocate<int>(places.Length + 1);
        var offsets = ArrowMemory.As<int>(offsetBytes);
        offsets[0] = 0;
        for (var i = 0; i < places.Length; i++)
            offsets[i + 1] = checked(offsets[i] + (places[i] == Null ? 0 : from[places[i] + 1] - from[places[i]]));

        var elements = new int[offsets[^1]];
        for (var i = 0; i < places.Length; i++)
            for (var j = offsets[i]; j < offsets[i + 1]; j++) elements[j] = from[places[i]] + j - offsets[i];
        return make([new ArrowBuffer(offsetBytes)], [TakeData(values, elements)]);
    }
}
