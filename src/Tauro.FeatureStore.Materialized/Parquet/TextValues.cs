using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Strings, as the UTF-8 bytes that Arrow holds. Where they repeat, the distinct ones are written once as a dictionary, and indexes into it: small files, and
/// readers that make one value for each distinct string.
/// </summary>
internal sealed class TextValues : LeafValues
{
    private readonly ReadOnlyMemory<byte> _text;
    private readonly int[] _starts;
    private readonly int[] _ends;
    private readonly TextDictionary? _dictionary;

    private TextValues(ReadOnlyMemory<byte> text, int[] starts, int[] ends)
    {
        _text = text;
        _starts = starts;
        _ends = ends;
        _dictionary = TextDictionary.TryMake(text.Span, starts, ends);
        var bytes = 0L;
        for (var index = 0; index < starts.Length; index++) bytes += sizeof(int) + (ends[index] - starts[index]);
        ByteCount = _dictionary is null ? bytes : starts.LongLength * sizeof(short);
    }

    public override int Count => _starts.Length;

    public override long ByteCount { get; }

    public override Parquet.Meta.Encoding Encoding => _dictionary is null ? Parquet.Meta.Encoding.PLAIN : Parquet.Meta.Encoding.RLE_DICTIONARY;

    public override int DictionaryCount => _dictionary?.First.Count ?? 0;

    public override ParquetBounds? Bounds
    {
        get
        {
            if (Count == 0) return null;
            var (min, max) = (0, 0);
            if (_dictionary is null)
            {
                for (var index = 1; index < Count; index++) Compare(index, ref min, ref max);
            }
            else
            {
                foreach (var index in _dictionary.First) Compare(index, ref min, ref max);
            }

            return ParquetBounds.OfUtf8(Value(min).ToArray(), Value(max).ToArray());
        }
    }

    public static TextValues Of(ReadOnlySpan<byte> offsetBytes, ReadOnlyMemory<byte> text, ValuePositions positions)
    {
        var offsets = MemoryMarshal.Cast<byte, int>(offsetBytes);
        var starts = new int[positions.Count];
        var ends = new int[positions.Count];
        for (var index = 0; index < starts.Length; index++)
        {
            var position = positions[index];
            starts[index] = offsets[position];
            ends[index] = offsets[position + 1];
        }

        return new TextValues(text, starts, ends);
    }

    public override void WriteDictionary(IBufferWriter<byte> output)
    {
        foreach (var index in _dictionary!.First) WriteValue(index, output);
    }

    public override void Write(int from, int to, IBufferWriter<byte> output)
    {
        if (_dictionary is null)
        {
            for (var index = from; index < to; index++) WriteValue(index, output);
            return;
        }

        var width = RleEncoder.BitWidth(_dictionary.First.Count - 1);
        output.Write([(byte)width]);
        RleEncoder.Encode<int>(_dictionary.Codes.AsSpan(from, to - from), width, output);
    }

    private void WriteValue(int index, IBufferWriter<byte> output)
    {
        var value = Value(index);
        var target = output.GetSpan(sizeof(int) + value.Length);
        BinaryPrimitives.WriteInt32LittleEndian(target, value.Length);
        value.CopyTo(target[sizeof(int)..]);
        output.Advance(sizeof(int) + value.Length);
    }

    private void Compare(int index, ref int min, ref int max)
    {
        var value = Value(index);
        if (value.SequenceCompareTo(Value(min)) < 0) min = index;
        if (value.SequenceCompareTo(Value(max)) > 0) max = index;
    }

    private ReadOnlySpan<byte> Value(int index) => _text.Span[_starts[index].._ends[index]];
}
