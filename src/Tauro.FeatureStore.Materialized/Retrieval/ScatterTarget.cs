using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// A column of the answer that is filled from all sides: values of a fixed width, and a byte for each place that has none. Threads may fill different places
/// at once; bits would not allow that.
/// </summary>
internal sealed class ScatterTarget
{
    private readonly DataType _type;
    private readonly byte[] _values;
    private readonly byte[] _missing;

    /// <summary>Prepares for the values of a type.</summary>
    /// <param name="type">A type whose values have one width in Arrow.</param>
    /// <param name="width">That width in bytes.</param>
    /// <param name="missing">A byte for each place: 1 where there is no value from the beginning. It is copied.</param>
    public ScatterTarget(DataType type, int width, byte[] missing)
    {
        (_type, Width) = (type, width);
        _values = new byte[checked(missing.Length * width)];
        _missing = missing.AsSpan().ToArray();
    }

    public int Width { get; }

    /// <summary>The bytes of a value of a type, or null where values have no fixed width of whole bytes.</summary>
    public static int? WidthOf(DataType type) => type.Kind switch
    {
        DataTypeKind.Int or DataTypeKind.Float or DataTypeKind.Date => sizeof(int),
        DataTypeKind.BigInt or DataTypeKind.Double or DataTypeKind.Timestamp => sizeof(long),
        DataTypeKind.Decimal => Unsafe.SizeOf<Int128>(),
        _ => null,
    };

    /// <summary>Puts values to their places.</summary>
    /// <param name="wanted">The rows wanted, all of them within the values given.</param>
    /// <param name="firstRow">The row of the first value.</param>
    /// <param name="values">A value for each row.</param>
    /// <param name="present">A byte for each row, 0 where it is null; nothing where none is.</param>
    public void Put(ReadOnlySpan<WantedRow> wanted, int firstRow, ReadOnlySpan<byte> values, ReadOnlySpan<byte> present)
    {
        if (Width == sizeof(int)) Put(wanted, firstRow, MemoryMarshal.Cast<byte, int>(values), MemoryMarshal.Cast<byte, int>(_values.AsSpan()));
        else if (Width == sizeof(long)) Put(wanted, firstRow, MemoryMarshal.Cast<byte, long>(values), MemoryMarshal.Cast<byte, long>(_values.AsSpan()));
        else Put(wanted, firstRow, MemoryMarshal.Cast<byte, Int128>(values), MemoryMarshal.Cast<byte, Int128>(_values.AsSpan()));
        if (present.IsEmpty) return;
        foreach (var row in wanted)
            if (present[row.Row - firstRow] == 0) _missing[row.Target] = 1;
    }

    /// <summary>Puts the values of an array that holds the whole chunk to their places.</summary>
    public void Put(ReadOnlySpan<WantedRow> wanted, IArrowArray chunk)
    {
        var data = chunk.Data;
        Put(wanted, 0, data.Buffers[1].Span.Slice(data.Offset * Width, data.Length * Width), default);
        var validity = ArrowMemory.ValidityBits(data);
        if (validity.IsEmpty) return;
        foreach (var row in wanted)
        {
            if (ArrowMemory.IsValid(validity, data, row.Row)) continue;
            _missing[row.Target] = 1;
            _values.AsSpan(row.Target * Width, Width).Clear();
        }
    }

    /// <summary>The filled column.</summary>
    public IArrowArray Build()
    {
        var bits = PackValidity(_missing, out var nulls);
        var validity = nulls == 0 ? ArrowBuffer.Empty : new ArrowBuffer(bits);
        return ArrowArrayFactory.BuildArray(new ArrayData(ArrowTypes.ToArrow(_type), _missing.Length, nulls, 0, [validity, new ArrowBuffer(_values)]));
    }

    private static void Put<T>(ReadOnlySpan<WantedRow> wanted, int firstRow, ReadOnlySpan<T> values, Span<T> target) where T : unmanaged
    {
        foreach (var row in wanted) target[row.Target] = values[row.Row - firstRow];
    }

    private static byte[] PackValidity(ReadOnlySpan<byte> missing, out int nulls)
    {
        nulls = 0;
        if (!missing.Contains((byte)1)) return [];
        var bits = new byte[ArrowMemory.BitmapBytes(missing.Length)];
        for (var i = 0; i < missing.Length; i++) bits[i >> 3] |= (byte)((missing[i] ^ 1) << (i & 7));
        var valid = 0;
        foreach (var part in bits) valid += BitOperations.PopCount(part);
        nulls = missing.Length - valid;
        return bits;
    }
}
