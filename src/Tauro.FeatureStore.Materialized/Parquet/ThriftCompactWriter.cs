using System.Buffers;
using System.Text;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Writes Thrift's compact protocol: the form of Parquet's footers and page headers.</summary>
internal sealed class ThriftCompactWriter(IBufferWriter<byte> output)
{
    public const byte I32Element = 5;
    public const byte BinaryElement = 8;
    public const byte StructElement = 12;

    private readonly Stack<short> _outer = new();
    private short _lastId;

    public void Bool(short id, bool value) => Header(id, (byte)(value ? 1 : 2));

    public void I8(short id, sbyte value)
    {
        Header(id, 3);
        Byte((byte)value);
    }

    public void I16(short id, short value)
    {
        Header(id, 4);
        ZigZag(value);
    }

    public void I32(short id, int value)
    {
        Header(id, 5);
        ZigZag(value);
    }

    public void I64(short id, long value)
    {
        Header(id, 6);
        ZigZag(value);
    }

    public void Text(short id, string value)
    {
        Header(id, 8);
        TextElement(value);
    }

    public void Binary(short id, ReadOnlySpan<byte> value)
    {
        Header(id, 8);
        BytesElement(value);
    }

    /// <summary>Begins a list; that many elements of that type must follow.</summary>
    public void List(short id, int count, byte elementType)
    {
        Header(id, 9);
        if (count < 15)
        {
            Byte((byte)((count << 4) | elementType));
        }
        else
        {
            Byte((byte)(0xF0 | elementType));
            VarInt((ulong)count);
        }
    }

    public void I32ListElement(int value) => ZigZag(value);

    public void I64ListElement(long value) => ZigZag(value);

    public void BoolElement(bool value) => Byte((byte)(value ? 1 : 2));

    public void BinaryElementOf(ReadOnlySpan<byte> value) => BytesElement(value);

    public void TextElement(string value) => BytesElement(Encoding.UTF8.GetBytes(value));

    /// <summary>Begins a struct that is a field of the current one.</summary>
    public void BeginStruct(short id)
    {
        Header(id, 12);
        BeginStruct();
    }

    /// <summary>Begins a struct that is an element of a list, or the whole message.</summary>
    public void BeginStruct()
    {
        _outer.Push(_lastId);
        _lastId = 0;
    }

    public void EndStruct()
    {
        Byte(0);
        _lastId = _outer.Pop();
    }

    /// <summary>A struct without fields, by which unions of Parquet's schema name a case.</summary>
    public void EmptyStruct(short id)
    {
        BeginStruct(id);
        EndStruct();
    }

    private void BytesElement(ReadOnlySpan<byte> value)
    {
        VarInt((ulong)value.Length);
        output.Write(value);
    }

    private void Header(short id, byte type)
    {
        var step = id - _lastId;
        if (step is > 0 and < 16)
        {
            Byte((byte)((step << 4) | type));
        }
        else
        {
            Byte(type);
            ZigZag(id);
        }

        _lastId = id;
    }

    private void ZigZag(long value) => VarInt((ulong)((value << 1) ^ (value >> 63)));

    private void VarInt(ulong value)
    {
        for (; value >= 0x80; value >>= 7) Byte((byte)(value | 0x80));
        Byte((byte)value);
    }

    private void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }
}
