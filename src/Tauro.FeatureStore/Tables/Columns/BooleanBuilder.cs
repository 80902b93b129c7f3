using Apache.Arrow;

namespace Tauro.FeatureStore;

internal sealed class BooleanBuilder : ColumnBuilder<bool>
{
    private byte[] _bits = new byte[16];

    public override DataType Type => DataType.Boolean;

    public override void Append(bool value)
    {
        Grow();
        if (value) ArrowMemory.SetBit(_bits, Length);
        AppendValid();
    }

    public override ArrayData BuildData() => Finish([new ArrowBuffer(_bits.AsMemory(0, ArrowMemory.BitmapBytes(Length)))]);

    protected override void AppendDefault() => Grow();

    private void Grow()
    {
        if (Length >> 3 == _bits.Length) System.Array.Resize(ref _bits, _bits.Length * 2);
    }
}
