using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>Numbers, timestamps and dates, in the form in which Arrow holds them.</summary>
internal sealed class FixedWidthBuilder<T>(DataType type) : ColumnBuilder<T> where T : unmanaged
{
    private byte[] _bytes = ArrowMemory.Allocate<T>(16);

    public override DataType Type => type;

    public override void Append(T value)
    {
        Next() = value;
        AppendValid();
    }

    public override ArrayData BuildData() =>
        Finish([new ArrowBuffer(_bytes.AsMemory(0, Length * System.Runtime.CompilerServices.Unsafe.SizeOf<T>()))]);

    protected override void AppendDefault() => Next() = default;

    private ref T Next()
    {
        if (ArrowMemory.As<T>(_bytes).Length == Length) System.Array.Resize(ref _bytes, checked(_bytes.Length * 2));
        return ref ArrowMemory.As<T>(_bytes)[Length];
    }
}
