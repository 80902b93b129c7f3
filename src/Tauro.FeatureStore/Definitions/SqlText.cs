namespace Tauro.FeatureStore;

/// <summary>
/// A query as its lexer sees it: texts, quoted names, comments and dollar quotes are skipped whole, so that a mark within one of them is no mark.
/// </summary>
internal sealed class SqlText
{
    private readonly string _text;
    private readonly List<string> _parameters = [];
    private int _end = -1;

    private SqlText(string text) => _text = text;

    /// <summary>The names of the parameters <c>$name</c>, each once, without regard to case.</summary>
    public IReadOnlyList<string> Parameters => [.. _parameters.Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The query without the semicolon that may end it, and what follows that.</summary>
    public string Query => _end < 0 ? _text : _text[.._end];

    /// <summary>Reads a text.</summary>
    /// <exception cref="SchemaValidationException">It is empty, it goes on after a semicolon, or something in it is never closed.</exception>
    public static SqlText Read(string text)
    {
        var read = new SqlText(text);
        read.Scan();
        return read;
    }

    private void Scan()
    {
        var (depth, any) = (0, false);
        for (var i = 0; i < _text.Length;)
        {
            var next = Skip(i, out var isBlank);
            if (!isBlank)
            {
                if (_end >= 0) throw Refused(i, "it goes on after a semicolon, and exactly one query is run");
                if (_text[i] == ';') _end = i;
                else any = true;
                if (_text[i] == '(') depth++;
                if (_text[i] == ')' && --depth < 0) throw Refused(i, "a parenthesis is closed that was never opened");
                if (_text[i] == '$' && next - i > 1 && IsNameStart(_text[i + 1]) && _text[next - 1] != '$') _parameters.Add(_text[(i + 1)..next]);
            }

            i = next;
        }

        if (!any) throw Refused(0, "it is empty");
        if (depth > 0) throw Refused(_text.Length, "a parenthesis is never closed");
    }

    /// <summary>The place after the token that begins here.</summary>
    private int Skip(int i, out bool isBlank)
    {
        var c = _text[i];
        isBlank = char.IsWhiteSpace(c) || StartsWith(i, "--") || StartsWith(i, "/*");
        if (StartsWith(i, "--")) return _text.IndexOfAny(['\n', '\r'], i) is >= 0 and var end ? end : _text.Length;
        if (StartsWith(i, "/*")) return SkipComment(i);
        if (c is '\'' or '"' or '`') return SkipQuoted(i, i, backslash: false);
        if (c is 'e' or 'E' && StartsWith(i + 1, "'")) return SkipQuoted(i, i + 1, backslash: true);
        if (c == '$') return SkipDollar(i);
        if (!IsNamePart(c)) return i + 1;
        while (i < _text.Length && IsNamePart(_text[i])) i++;
        return i;
    }

    private int SkipComment(int start)
    {
        var depth = 0;
        for (var i = start; i < _text.Length; i++)
        {
            if (StartsWith(i, "/*")) (depth, i) = (depth + 1, i + 1);
            else if (StartsWith(i, "*/")) (depth, i) = (depth - 1, i + 1);
            if (depth == 0) return i + 1;
        }

        throw Refused(start, "a comment is never closed");
    }

    private int SkipQuoted(int start, int quote, bool backslash)
    {
        for (var i = quote + 1; i < _text.Length; i++)
        {
            if (backslash && _text[i] == '\\') i++;
            else if (_text[i] == _text[quote] && i + 1 < _text.Length && _text[i + 1] == _text[quote]) i++;
            else if (_text[i] == _text[quote]) return i + 1;
        }

        throw Refused(start, "a quote is never closed");
    }

    /// <summary>A parameter <c>$name</c> or <c>$1</c>, or a text between <c>$tag$</c> and <c>$tag$</c>.</summary>
    private int SkipDollar(int start)
    {
        var i = start + 1;
        while (i < _text.Length && IsNamePart(_text[i])) i++;
        var isTag = i < _text.Length && _text[i] == '$' && (i == start + 1 || IsNameStart(_text[start + 1]));
        if (!isTag) return i;
        var tag = _text[start..(i + 1)];
        var end = _text.IndexOf(tag, i + 1, StringComparison.Ordinal);
        return end < 0 ? throw Refused(start, "a dollar quote is never closed") : end + tag.Length;
    }

    private bool StartsWith(int i, string mark) => string.CompareOrdinal(_text, i, mark, 0, mark.Length) == 0;

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_' || c > '\x7f';

    private static bool IsNamePart(char c) => IsNameStart(c) || char.IsAsciiDigit(c);

    private SchemaValidationException Refused(int place, string why)
    {
        var position = SqlPosition.Of(_text, place);
        return new SchemaValidationException($"The text is no single query: at {position}, {why}.") { Position = position };
    }
}
