using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore;

/// <summary>Small operations on the buffers of Arrow arrays.</summary>
internal static class ArrowMemory
{
    public static int BitmapBytes(int bits) => (bits + 7) / 8;

    public static byte[] Allocate<T>(int count) where T : unmanaged => GC.AllocateUninitializedArray<byte>(checked(count * System.Runtime.CompilerServices.Unsafe.SizeOf<T>()));

    public static Span<T> As<T>(byte[] bytes) where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes.AsSpan());

    /// <summary>The values of an array of fixed width, from its own first one on.</summary>
    public static ReadOnlySpan<T> Values<T>(IArrowArray array) where T : unmanaged
    {
        var data = array.Data;
        return MemoryMarshal.Cast<byte, T>(data.Buffers[1].Span).Slice(data.Offset, data.Length);
    }

    /// <summary>The offsets of an array of variable length: one more than it has values.</summary>
    public static ReadOnlySpan<int> Offsets(ArrayData data) =>
        data.Length == 0 ? [0] : MemoryMarshal.Cast<byte, int>(data.Buffers[1].Span).Slice(data.Offset, data.Length + 1);

    public static bool GetBit(ReadOnlySpan<byte> bits, int index) => (bits[index >> 3] & (1 << (index & 7))) != 0;

    public static void SetBit(Span<byte> bits, int index) => bits[index >> 3] |= (byte)(1 << (index & 7));

    /// <summary>Whether the value at an index, counted from the array's own first one, is there. Read <paramref name="bits"/> once outside of a loop.</summary>
    public static bool IsValid(ReadOnlySpan<byte> bits, ArrayData data, int index) => bits.IsEmpty || GetBit(bits, data.Offset + index);

    /// <summary>The validity bits of an array, or none where all its values are there.</summary>
    public static ReadOnlySpan<byte> ValidityBits(ArrayData data) => data.Buffers.Length == 0 || data.GetNullCount() == 0 ? default : data.Buffers[0].Span;

    /// <summary>The bytes of a batch's buffers; those of a slice count in full.</summary>
    public static long SizeOf(RecordBatch batch) => Enumerable.Range(0, batch.ColumnCount).Sum(column => SizeOf(batch.Column(column).Data));

    /// <summary>The bytes of an array's buffers; those of a slice count in full.</summary>
    public static long SizeOf(ArrayData data) =>
        data.Buffers.Sum(buffer => (long)buffer.Length) + (data.Children?.Sum(SizeOf) ?? 0);

    /// <summary>The bytes of a batch's own rows, which of a slice are not all that its buffers hold.</summary>
    public static long SizeOfRows(RecordBatch batch) => SizesOfColumns(batch).Sum();

    /// <summary>The bytes of the largest column of a batch's own rows.</summary>
    public static long LargestColumnOf(RecordBatch batch) => SizesOfColumns(batch).DefaultIfEmpty().Max();

    private static IEnumerable<long> SizesOfColumns(RecordBatch batch) => batch.Arrays.Select(column => SizeOfRows(column.Data, column.Offset, batch.Length));

    private static long SizeOfRows(ArrayData data, int from, int rows)
    {
        var validity = data.Buffers is [{ Length: > 0 }, ..] ? BitmapBytes(rows) : 0;
        switch (data.DataType)
        {
            case FixedWidthType fixedWidth:
                return validity + ((long)rows * fixedWidth.BitWidth / 8);
            case StructType:
                return validity + data.Children.Sum(child => SizeOfRows(child, child.Offset + from, rows));
            default:
                if (rows == 0) return validity;
                var offsets = MemoryMarshal.Cast<byte, int>(data.Buffers[1].Span).Slice(from, rows + 1);
                var (first, values) = (offsets[0], offsets[^1] - offsets[0]);
                return validity + ((rows + 1L) * sizeof(int)) + (data.Children is [var child, ..] ? SizeOfRows(child, child.Offset + first, values) : values);
        }
    }

    /// <summary>An array of a type of fixed width with the same value in every row.</summary>
    public static IArrowArray Repeat<T>(T value, IArrowType type, int length) where T : unmanaged
    {
        var bytes = Allocate<T>(length);
        As<T>(bytes).Fill(value);
        return ArrowArrayFactory.BuildArray(new ArrayData(type, length, 0, 0, [ArrowBuffer.Empty, new ArrowBuffer(bytes)]));
    }

    /// <summary>An array of a type in which every value is null.</summary>
    public static IArrowArray Nulls(IArrowType type, int length) => ArrowArrayFactory.BuildArray(NullData(type, length));

    private static ArrayData NullData(IArrowType type, int length)
    {
        var validity = new ArrowBuffer(new byte[BitmapBytes(length)]);
        return type switch
        {
            StringType => new ArrayData(type, length, length, 0, [validity, new ArrowBuffer(new byte[(length + 1) * sizeof(int)]), ArrowBuffer.Empty]),
            ListType list => new ArrayData(type, length, length, 0, [validity, new ArrowBuffer(new byte[(length + 1) * sizeof(int)])], [NullData(list.ValueDataType, 0)]),
            MapType map => new ArrayData(type, length, length, 0, [validity, new ArrowBuffer(new byte[(length + 1) * sizeof(int)])], [NullData(map.KeyValueType, 0)]),
            StructType composite => new ArrayData(type, length, length, 0, [validity], [.. composite.Fields.Select(field => NullData(field.DataType, length))]),
            BooleanType => new ArrayData(type, length, length, 0, [validity, new ArrowBuffer(new byte[BitmapBytes(length)])]),
            FixedWidthType fixedWidth => new ArrayData(type, length, length, 0, [validity, new ArrowBuffer(new byte[length * (fixedWidth.BitWidth / 8)])]),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type.Name, "Not the Arrow type of a data type."),
        };
    }
}
