using System.Runtime.InteropServices;
using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>One column of keys, ready to be compared and hashed by place. The order is that of the values; of texts, that of their UTF-8 bytes.</summary>
internal abstract class KeyColumn(IArrowArray array)
{
    private readonly ReadOnlyMemory<byte> _validity = array.Data.GetNullCount() == 0 ? default : array.Data.Buffers[0].Memory;
    private readonly int _offset = array.Data.Offset;

    public int Length { get; } = array.Length;

    public bool HasNulls => !_validity.IsEmpty;

    public bool IsNull(int place) => !_validity.IsEmpty && !ArrowMemory.GetBit(_validity.Span, _offset + place);

    public abstract int Compare(int left, int right);

    public abstract int Hash(int place);

    /// <summary>Whether a value equals one of another column of the same type.</summary>
    public abstract bool Equals(int place, KeyColumn other, int otherPlace);

    /// <summary>Makes a key column of an array in the canonical type of <paramref name="type"/>. The array must stay alive.</summary>
    public static KeyColumn Of(IArrowArray array, DataType type) => type.Kind switch
    {
        DataTypeKind.Int or DataTypeKind.Date => new WholeKeyColumn(array, Widen(array)),
        DataTypeKind.BigInt or DataTypeKind.Timestamp => new WholeKeyColumn(array, array.Data.Buffers[1].Memory.Slice(array.Data.Offset * sizeof(long))),
        DataTypeKind.Boolean => new WholeKeyColumn(array, WidenBits((BooleanArray)array)),
        DataTypeKind.Decimal => new DecimalKeyColumn(array),
        DataTypeKind.String => new TextKeyColumn(array),
        _ => throw new SchemaValidationException($"A key cannot be {type}."),
    };

    private static ReadOnlyMemory<byte> Widen(IArrowArray array)
    {
        var bytes = ArrowMemory.Allocate<long>(array.Length);
        var from = ArrowMemory.Values<int>(array);
        var to = ArrowMemory.As<long>(bytes);
        for (var i = 0; i < to.Length; i++) to[i] = from[i];
        return bytes;
    }

    private static ReadOnlyMemory<byte> WidenBits(BooleanArray array)
    {
        var bytes = ArrowMemory.Allocate<long>(array.Length);
        var to = ArrowMemory.As<long>(bytes);
        var bits = array.Data.Buffers[1].Span;
        for (var i = 0; i < to.Length; i++) to[i] = ArrowMemory.GetBit(bits, array.Data.Offset + i) ? 1 : 0;
        return bytes;
    }
}

/// <summary>Keys that are whole numbers: integers, dates, timestamps, booleans.</summary>
internal sealed class WholeKeyColumn(IArrowArray array, ReadOnlyMemory<byte> values) : KeyColumn(array)
{
    public ReadOnlySpan<long> Values => MemoryMarshal.Cast<byte, long>(values.Span)[..Length];

    public override int Compare(int left, int right)
    {
        var all = Values;
        return all[left].CompareTo(all[right]);
    }

    public override int Hash(int place) => Mix(Values[place]);

    public override bool Equals(int place, KeyColumn other, int otherPlace) => Values[place] == ((WholeKeyColumn)other).Values[otherPlace];

    /// <summary>Spreads neighbouring numbers over all bits.</summary>
    public static int Mix(long value)
    {
        var mixed = unchecked((ulong)value * 0x9E3779B97F4A7C15UL);
        return (int)(mixed >> 32);
    }
}

internal sealed class DecimalKeyColumn(IArrowArray array) : KeyColumn(array)
{
    private readonly ReadOnlyMemory<byte> _bytes = array.Data.Buffers[1].Memory.Slice(array.Data.Offset * 16);

    private ReadOnlySpan<Int128> Values => MemoryMarshal.Cast<byte, Int128>(_bytes.Span);

    public override int Compare(int left, int right) => Values[left].CompareTo(Values[right]);

    public override int Hash(int place) => WholeKeyColumn.Mix(unchecked((long)Values[place] ^ (long)(Values[place] >> 64)));

    public override bool Equals(int place, KeyColumn other, int otherPlace) => Values[place] == ((DecimalKeyColumn)other).Values[otherPlace];
}

internal sealed class TextKeyColumn(IArrowArray array) : KeyColumn(array)
{
    private readonly ReadOnlyMemory<byte> _offsets = array.Length == 0 ? new byte[sizeof(int)] : array.Data.Buffers[1].Memory.Slice(array.Data.Offset * sizeof(int));
    private readonly ReadOnlyMemory<byte> _bytes = array.Data.Buffers[2].Memory;

    /// <summary>The UTF-8 bytes of a value.</summary>
    public ReadOnlySpan<byte> this[int place]
    {
        get
        {
            var offsets = MemoryMarshal.Cast<byte, int>(_offsets.Span);
            return _bytes.Span[offsets[place]..offsets[place + 1]];
        }
    }

    public override int Compare(int left, int right) => this[left].SequenceCompareTo(this[right]);

    public override int Hash(int place) => Hash(this[place]);

    /// <summary>The hash of a value that may stand in any column.</summary>
    public static int Hash(ReadOnlySpan<byte> value)
    {
        var hash = new HashCode();
        hash.AddBytes(value);
        return hash.ToHashCode();
    }

    public override bool Equals(int place, KeyColumn other, int otherPlace) => this[place].SequenceEqual(((TextKeyColumn)other)[otherPlace]);
}
