using System.Buffers;
using System.Text;
using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>Texts as UTF-8. A text with an unpaired surrogate has no UTF-8 form and is refused.</summary>
internal sealed class TextBuilder : ColumnBuilder<string>
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly OffsetsBuilder _offsets = new();

    public override DataType Type => DataType.String;

    public override void Append(string value)
    {
        try
        {
            Utf8.GetBytes(value, _bytes);
        }
        catch (EncoderFallbackException)
        {
            throw new SchemaValidationException($"The text in row {Length} has an unpaired surrogate, which no UTF-8 can hold.") { Row = Length };
        }

        _offsets.Add(_bytes.WrittenCount);
        AppendValid();
    }

    public override ArrayData BuildData() => Finish([_offsets.Build(), new ArrowBuffer(_bytes.WrittenMemory)]);

    protected override void AppendDefault() => _offsets.Add(_bytes.WrittenCount);
}
