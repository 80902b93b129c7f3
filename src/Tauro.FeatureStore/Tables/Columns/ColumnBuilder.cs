using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>Collects the values of one column of one data type into an Arrow array.</summary>
internal abstract class ColumnBuilder
{
    private byte[] _validity = new byte[16];
    private int _nulls;

    /// <summary>The number of values so far.</summary>
    public int Length { get; private set; }

    /// <summary>The type of the values; for decimals without a declared type it is known only when all values are there.</summary>
    public abstract DataType Type { get; }

    public void AppendNull()
    {
        AppendDefault();
        Grow();
        _nulls++;
        Length++;
    }

    public IArrowArray Build() => ArrowArrayFactory.BuildArray(BuildData());

    public abstract ArrayData BuildData();

    /// <summary>Notes that a value has been appended.</summary>
    protected void AppendValid()
    {
        Grow();
        ArrowMemory.SetBit(_validity, Length);
        Length++;
    }

    /// <summary>Puts something in the place of a null.</summary>
    protected abstract void AppendDefault();

    protected ArrayData Finish(ArrowBuffer[] buffers, ArrayData[]? children = null) =>
        new(ArrowTypes.ToArrow(Type), Length, _nulls, 0, [_nulls == 0 ? ArrowBuffer.Empty : new ArrowBuffer(_validity.AsMemory(0, ArrowMemory.BitmapBytes(Length))), .. buffers], children);

    private void Grow()
    {
        if (Length >> 3 == _validity.Length) System.Array.Resize(ref _validity, _validity.Length * 2);
    }
}

/// <summary>A column builder that takes values of one CLR type.</summary>
internal abstract class ColumnBuilder<T> : ColumnBuilder
{
    /// <summary>Appends a value that is not null.</summary>
    public abstract void Append(T value);
}
