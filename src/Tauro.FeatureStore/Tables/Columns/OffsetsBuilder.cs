using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>The offsets of texts, lists and maps: where each value ends, after a first zero.</summary>
internal sealed class OffsetsBuilder
{
    private byte[] _bytes = new byte[64];
    private int _count = 1;

    public void Add(int end)
    {
        if (_count * sizeof(int) == _bytes.Length) System.Array.Resize(ref _bytes, _bytes.Length * 2);
        ArrowMemory.As<int>(_bytes)[_count++] = end;
    }

    public ArrowBuffer Build() => new(_bytes.AsMemory(0, _count * sizeof(int)));
}
