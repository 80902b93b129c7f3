using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>Decimals. Their scale is the largest among the values, their precision the largest that a .NET decimal holds.</summary>
internal sealed class DecimalBuilder : ColumnBuilder<decimal>
{
    private readonly List<decimal> _values = [];
    private int _scale;

    public override DataType Type => DataType.Decimal(DataType.MaxDecimalPrecision, _scale);

    public override void Append(decimal value)
    {
        _scale = Math.Max(_scale, value.Scale);
        _values.Add(value);
        AppendValid();
    }

    public override ArrayData BuildData()
    {
        var bytes = ArrowMemory.Allocate<Int128>(Length);
        var unscaled = ArrowMemory.As<Int128>(bytes);
        for (var i = 0; i < unscaled.Length; i++)
            if (!DecimalNumber.TryUnscale(_values[i], DataType.MaxDecimalPrecision, _scale, out unscaled[i]))
                throw new SchemaValidationException($"The decimal in row {i} has too many digits: with the {_scale} after the point that the column needs, {DataType.MaxDecimalPrecision} in all is the most.") { Row = i };
        return Finish([new ArrowBuffer(bytes)]);
    }

    protected override void AppendDefault() => _values.Add(0);
}
