using System.Globalization;

namespace Tauro.FeatureStore;

/// <summary>Reads the names of data types, by recursive descent over their text.</summary>
internal ref struct DataTypeParser(string text)
{
    private int _at;

    public DataType Parse()
    {
        var type = ParseType();
        SkipSpace();
        return _at == text.Length ? type : throw Unexpected("the end");
    }

    private DataType ParseType()
    {
        var word = ParseWord().ToUpperInvariant();
        switch (word)
        {
            case "INT": return DataType.Int;
            case "BIGINT": return DataType.BigInt;
            case "FLOAT": return DataType.Float;
            case "DOUBLE": return DataType.Double;
            case "STRING": return DataType.String;
            case "BOOLEAN": return DataType.Boolean;
            case "TIMESTAMP": return DataType.Timestamp;
            case "DATE": return DataType.Date;
            case "DECIMAL":
                Expect('(');
                var precision = ParseNumber();
                Expect(',');
                var scale = ParseNumber();
                Expect(')');
                return DataType.Decimal(precision, scale);
            case "ARRAY":
                Expect('<');
                var element = ParseType();
                Expect('>');
                return DataType.Array(element);
            case "MAP":
                Expect('<');
                var key = ParseType();
                Expect(',');
                var value = ParseType();
                Expect('>');
                return DataType.Map(key, value);
            case "STRUCT":
                return ParseStruct();
            default:
                throw new SchemaValidationException($"'{text}' is no data type: '{word}' is not one of INT, BIGINT, FLOAT, DOUBLE, "
                    + "DECIMAL(p,s), STRING, BOOLEAN, TIMESTAMP, DATE, ARRAY<t>, MAP<k, v>, STRUCT<name: t, ...>.");
        }
    }

    private DataType ParseStruct()
    {
        Expect('<');
        var members = new List<StructMember>();
        do
        {
            var name = ParseWord();
            Expect(':');
            members.Add(new StructMember(name, ParseType()));
        }
        while (TryTake(','));
        Expect('>');
        return DataType.Struct([.. members]);
    }

    private string ParseWord()
    {
        SkipSpace();
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_')) _at++;
        return _at > start ? text[start.._at] : throw Unexpected("a name");
    }

    private int ParseNumber()
    {
        var word = ParseWord();
        return int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Unexpected("a number");
    }

    private void Expect(char expected)
    {
        if (!TryTake(expected)) throw Unexpected($"'{expected}'");
    }

    private bool TryTake(char wanted)
    {
        SkipSpace();
        if (_at >= text.Length || text[_at] != wanted) return false;
        _at++;
        return true;
    }

    private void SkipSpace()
    {
        while (_at < text.Length && text[_at] == ' ') _at++;
    }

    private readonly SchemaValidationException Unexpected(string expected) => new(string.Create(CultureInfo.InvariantCulture,
        $"'{text}' is no data type: {expected} was expected at position {_at}."));
}
