using System.Text;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// One statement of a caller's, read as Spark's lexer reads it: parameters (<c>$name</c>) outside of texts, quoted names and comments become literals, and a
/// second statement is refused. Nothing else is changed.
/// </summary>
internal sealed class SparkSqlText
{
    private readonly string _sql;
    private readonly SqlValues _values;
    private readonly HashSet<string> _used = new(StringComparer.OrdinalIgnoreCase);
    private readonly StringBuilder _written = new();
    private readonly List<SqlOrigin.Replacement> _replacements = [];
    private int _place;

    private SparkSqlText(string sql, SqlValues values) => (_sql, _values) = (sql, values);

    /// <summary>The statement with its values in place and without a semicolon at its end. The values remember where it came from, for what is said about it.</summary>
    public static string Bind(string sql, SqlValues values)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sql);
        return new SparkSqlText(sql, values).Run();
    }

    private char Current => _sql[_place];

    private char Next => _place + 1 < _sql.Length ? _sql[_place + 1] : '\0';

    private string Run()
    {
        var ended = false;
        while (_place < _sql.Length)
        {
            if (char.IsWhiteSpace(Current)) Keep(_place + 1);
            else if (Current == '-' && Next == '-') Keep(EndOfLine());
            else if (Current == '/' && Next == '*' && !IsHint()) Keep(EndOfComment());
            else if (Current == ';') ended = Skip();
            else if (ended) throw Refused("The text holds more than one statement. Run one at a time.");
            else KeepToken();
        }

        foreach (var name in _values.Names)
            if (!_used.Contains(name)) throw new VirtualizationQueryException($"The query has no parameter '${name}', for which a value was given. Leave the value out, or write ${name}.");
        var written = _written.ToString();
        _values.Remember(new SqlOrigin(_sql, written, _replacements));
        return written;
    }

    private void KeepToken()
    {
        switch (Current)
        {
            case '\'' or '"':
                Keep(EndOfText(_place, raw: IsRaw()));
                break;
            case '`':
                Keep(EndOfName());
                break;
            case '$':
                Parameter();
                break;
            default:
                Keep(char.IsLetterOrDigit(Current) || Current == '_' ? EndOfWord(_place) : _place + 1);
                break;
        }
    }

    private void Keep(int end)
    {
        _written.Append(_sql, _place, end - _place);
        _place = end;
    }

    private bool Skip()
    {
        Replace("", _place + 1);
        return true;
    }

    private void Replace(string text, int end)
    {
        _replacements.Add(new SqlOrigin.Replacement(_written.Length, text.Length, _place, end - _place));
        _written.Append(text);
        _place = end;
    }

    private bool IsHint() => _place + 2 < _sql.Length && _sql[_place + 2] == '+';

    /// <summary>Whether the quote follows an R of its own: then a backslash in the text is just that.</summary>
    private bool IsRaw() => _place > 0 && _sql[_place - 1] is 'r' or 'R' && (_place == 1 || !IsWordPart(_sql[_place - 2]));

    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) || c == '_';

    private int EndOfWord(int place)
    {
        while (place < _sql.Length && IsWordPart(_sql[place])) place++;
        return place;
    }

    private int EndOfLine()
    {
        var end = _sql.IndexOf('\n', _place);
        return end < 0 ? _sql.Length : end + 1;
    }

    private int EndOfComment()
    {
        var depth = 0;
        for (var i = _place; i + 1 < _sql.Length; i++)
        {
            if (_sql[i] == '/' && _sql[i + 1] == '*') (depth, i) = (depth + 1, i + 1);
            else if (_sql[i] == '*' && _sql[i + 1] == '/') (depth, i) = (depth - 1, i + 1);
            if (depth == 0) return i + 1;
        }

        throw Unfinished("A comment");
    }

    private int EndOfText(int start, bool raw)
    {
        for (var i = start + 1; i < _sql.Length; i++)
        {
            if (_sql[i] == '\\' && !raw) i++;
            else if (_sql[i] == _sql[start]) return i + 1;
        }

        throw Unfinished("A quoted text");
    }

    private int EndOfName()
    {
        var end = _sql.IndexOf('`', _place + 1);
        return end < 0 ? throw Unfinished("A quoted name") : end + 1;
    }

    private void Parameter()
    {
        var end = EndOfWord(_place + 1);
        if (end < _sql.Length && _sql[end] == '$')
        {
            var tag = _sql[_place..(end + 1)];
            var close = _sql.IndexOf(tag, end + 1, StringComparison.Ordinal);
            Keep(close < 0 ? throw Unfinished("A dollar-quoted text") : close + tag.Length);
            return;
        }

        var name = _sql[(_place + 1)..end];
        if (name.Length == 0) throw Refused("A dollar sign in the query is followed by no name. Write a parameter as $name.");
        if (!_values.TryGetLiteral(name, out var literal))
            throw Refused($"The query has the parameter '${name}', and no value is given for it. Given are: {(_values.IsEmpty ? "none" : string.Join(", ", _values.Names))}.");
        _used.Add(name);
        Replace(literal, end);
    }

    private VirtualizationQueryException Unfinished(string what) => Refused($"{what} in the query does not end.");

    private VirtualizationQueryException Refused(string why) => new(why) { Position = SqlPosition.Of(_sql, _place) };
}
