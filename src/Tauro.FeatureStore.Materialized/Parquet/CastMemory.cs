using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Bytes seen as values of another type, so that Parquet.Net reads straight into what becomes an Arrow buffer.</summary>
internal sealed class CastMemory<T>(byte[] bytes) : MemoryManager<T>
    where T : unmanaged
{
    public override Span<T> GetSpan() => MemoryMarshal.Cast<byte, T>(bytes.AsSpan());

    public override MemoryHandle Pin(int elementIndex = 0) => bytes.AsMemory(elementIndex * Unsafe.SizeOf<T>()).Pin();

    public override void Unpin()
    {
        // The handle that Pin gives holds the array, and lets it go.
    }

    protected override void Dispose(bool disposing)
    {
    }
}
