using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore;

/// <summary>
/// A hash of a column's values that does not depend on how the column is cut into batches, nor on what lies under its nulls: which values are null, the lengths of those
/// that have one, and the values each go into a hash of their own.
/// </summary>
internal sealed class ColumnHash : IDisposable
{
    private static readonly byte[] Ones = CreateOnes();

    private readonly IncrementalHash _validity = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _lengths = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _values = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<ColumnHash> _members = [];

    /// <summary>Adds the values of an array of a canonical type.</summary>
    public void Add(IArrowArray array)
    {
        if (array.Length == 0) return;
        if (array.NullCount == 0)
        {
            for (var left = array.Length; left > 0; left -= Ones.Length) _validity.AppendData(Ones.AsSpan(0, Math.Min(left, Ones.Length)));
            AddValues(array);
            return;
        }

        var (validity, places) = (new byte[array.Length], new List<int>(array.Length));
        for (var i = 0; i < validity.Length; i++)
        {
            if (array.IsNull(i)) continue;
            validity[i] = 1;
            places.Add(i);
        }

        _validity.AppendData(validity);
        using var values = ArrowTake.Take(array, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(places));
        AddValues(values);
    }

    /// <summary>The hash of all values so far, in hexadecimal digits.</summary>
    public string Finish() => Convert.ToHexString(Digest());

    public void Dispose()
    {
        _validity.Dispose();
        _lengths.Dispose();
        _values.Dispose();
        foreach (var member in _members) member.Dispose();
    }

    private void AddValues(IArrowArray array)
    {
        var data = array.Data;
        switch (array)
        {
            case BooleanArray truth:
                var bytes = new byte[truth.Length];
                for (var i = 0; i < bytes.Length; i++) bytes[i] = truth.GetValue(i) == true ? (byte)1 : (byte)0;
                _values.AppendData(bytes);
                return;
            case StringArray:
                var (first, last) = AddLengths(data);
                _values.AppendData(data.Buffers[2].Span[first..last]);
                return;
            case MapArray map:
                AddElements(data, map.KeyValues);
                return;
            case ListArray list:
                AddElements(data, list.Values);
                return;
            case StructArray composite:
                for (var i = 0; i < composite.Fields.Count; i++) Member(i).Add(composite.Fields[i]);
                return;
        }

        var width = ((FixedWidthType)data.DataType).BitWidth / 8;
        _values.AppendData(data.Buffers[1].Span.Slice(data.Offset * width, data.Length * width));
    }

    private void AddElements(ArrayData data, IArrowArray elements)
    {
        var (first, last) = AddLengths(data);
        using var own = ArrowArrayFactory.Slice(elements, first, last - first);
        Member(0).Add(own);
    }

    private (int First, int Last) AddLengths(ArrayData data)
    {
        var offsets = ArrowMemory.Offsets(data);
        var lengths = new byte[data.Length * sizeof(int)];
        for (var i = 0; i < data.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(lengths.AsSpan(i * sizeof(int)), offsets[i + 1] - offsets[i]);
        _lengths.AppendData(lengths);
        return (offsets[0], offsets[^1]);
    }

    private ColumnHash Member(int place)
    {
        while (_members.Count <= place) _members.Add(new ColumnHash());
        return _members[place];
    }

    private byte[] Digest()
    {
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        whole.AppendData(_validity.GetHashAndReset());
        whole.AppendData(_lengths.GetHashAndReset());
        whole.AppendData(_values.GetHashAndReset());
        whole.AppendData(Encoding.ASCII.GetBytes(_members.Count.ToString(CultureInfo.InvariantCulture)));
        foreach (var member in _members) whole.AppendData(member.Digest());
        return whole.GetHashAndReset();
    }

    private static byte[] CreateOnes()
    {
        var ones = new byte[1 << 12];
        ones.AsSpan().Fill(1);
        return ones;
    }
}
