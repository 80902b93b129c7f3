namespace Tauro.FeatureStore.Materialized;

/// <summary>Reads Thrift's compact protocol: the form of Parquet's page headers and page indexes. Every read is within the bytes given, or fails.</summary>
internal ref struct ThriftCompactReader(ReadOnlySpan<byte> bytes)
{
    private const int MaxDepth = 16;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>The bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>The next field of the current struct; false at its end.</summary>
    /// <param name="lastId">The number of the field before, zero for the first; becomes that of this one.</param>
    /// <param name="type">The type of its value, as the protocol numbers them.</param>
    public bool NextField(ref int lastId, out int type)
    {
        var header = Byte();
        type = header & 0x0F;
        if (header == 0) return false;
        lastId = header >> 4 is var step and > 0 ? lastId + step : (int)ZigZag();
        return true;
    }

    public int I32() => checked((int)ZigZag());

    public long I64() => ZigZag();

    public ReadOnlySpan<byte> Binary()
    {
        var length = checked((int)VarInt());
        var value = _bytes.Slice(Position, length);
        Position += length;
        return value;
    }

    /// <summary>The number of elements of a list, which follow.</summary>
    public int List(out int elementType)
    {
        var header = Byte();
        elementType = header & 0x0F;
        return header >> 4 is var count and < 15 ? count : checked((int)VarInt());
    }

    /// <summary>The number of elements of a list, each of which takes a byte or more: never more than there are bytes.</summary>
    public int Count()
    {
        var count = List(out _);
        return count <= _bytes.Length - Position ? count : throw new InvalidDataException("A Thrift list is longer than its message.");
    }

    /// <summary>A boolean that is an element of a list.</summary>
    public bool BoolElement() => Byte() == 1;

    /// <summary>Passes over a value.</summary>
    public void Skip(int type) => Skip(type, MaxDepth);

    private void Skip(int type, int depth)
    {
        if (depth == 0) throw new InvalidDataException("Thrift values are nested too deep.");
        switch (type)
        {
            case 1 or 2:
                break;
            case 3:
                Byte();
                break;
            case 4 or 5 or 6:
                VarInt();
                break;
            case 7:
                _ = _bytes.Slice(Position, sizeof(double));
                Position += sizeof(double);
                break;
            case 8:
                Binary();
                break;
            case 9 or 10:
                var count = List(out var element);
                for (var i = 0; i < count; i++)
                {
                    if (element is 1 or 2) Byte();
                    else Skip(element, depth - 1);
                }

                break;
            case 12:
                for (var id = 0; NextField(ref id, out var field);) Skip(field, depth - 1);
                break;
            default:
                throw new InvalidDataException("A Thrift value is of a type that Parquet does not use.");
        }
    }

    private long ZigZag()
    {
        var value = VarInt();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong VarInt()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw new InvalidDataException("A Thrift number has too many bytes.");
    }

    private byte Byte() => _bytes[Position++];
}
