using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// All the texts under which the values of parameters may show in what a server says: as their literals, which an error cites with the query, and as Spark prints
/// values. Spark may still write one in a way of its own, so whatever it quotes as a value is left out too.
/// </summary>
internal sealed partial class ValueTexts
{
    /// <summary>Shorter texts are found as whole words only; else a 1 or an a would hide half of the message.</summary>
    private const int LeastAnywhere = 4;

    private readonly List<(string Text, string Name)> _texts = [];
    private bool _isSorted = true;

    public void Add(string name, string literal, object? value)
    {
        if (value is null) return;
        Add(literal, name);
        AddForms(name, value);
    }

    public string Conceal(string text, bool isCut)
    {
        // Longer texts first, so that no value hides in the rest of another.
        if (!_isSorted) _texts.Sort((left, right) => right.Text.Length.CompareTo(left.Text.Length));
        _isSorted = true;
        foreach (var (value, name) in _texts) text = Replace(text, value, $"${name}");
        if (isCut) text = ConcealEnd(text);
        return QuotedValue().Replace(text, "'...'");
    }

    private static string Replace(string text, string value, string name)
    {
        // Spark writes a literal in large or in small letters.
        if (value.Length >= LeastAnywhere) return text.Replace(value, name, StringComparison.OrdinalIgnoreCase);
        return !text.Contains(value, StringComparison.Ordinal) ? text
            : Regex.Replace(text, $@"(?<![\w.]){Regex.Escape(value)}(?!\w|\.\d)", name.Replace("$", "$$", StringComparison.Ordinal));
    }

    /// <summary>Where a text was cut within a value, the value's beginning is its end.</summary>
    private string ConcealEnd(string text)
    {
        var end = text.EndsWith("...", StringComparison.Ordinal) ? text[..^3] : text;
        var (most, name) = (1, "");
        foreach (var (value, parameter) in _texts)
        {
            for (var length = Math.Min(value.Length - 1, end.Length); length > most; length--)
                if (end.AsSpan(end.Length - length).Equals(value.AsSpan(0, length), StringComparison.OrdinalIgnoreCase)) (most, name) = (length, parameter);
        }

        return name.Length == 0 ? text : $"{end[..^most]}${name}...";
    }

    private void AddForms(string name, object value)
    {
        switch (value)
        {
            case string text:
                Add(text, name);
                Add(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal), name);
                Add(Convert.ToHexString(Encoding.UTF8.GetBytes(text)), name);
                break;
            case DateTimeOffset moment:
                AddMoment(name, UtcTime.FromDateTimeOffset(moment));
                break;
            case DateTime moment:
                AddMoment(name, UtcTime.FromDateTime(moment));
                break;
            case DateOnly day:
                Add(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), name);
                AddCount(UtcTime.FromDate(day), name);
                break;
            case float or double:
                var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
                foreach (var format in (string[])["R", "0.0###############", "0.0###############E0"]) Add(number.ToString(format, CultureInfo.InvariantCulture), name);
                Add(((IFormattable)value).ToString("R", CultureInfo.InvariantCulture), name);
                break;
            case byte[] bytes:
                foreach (var text in (string[])[Convert.ToHexString(bytes), Convert.ToBase64String(bytes), Encoding.UTF8.GetString(bytes)]) Add(text, name);
                break;
            case IEnumerable<KeyValuePair<string, object?>> members:
                foreach (var member in members) AddElement(name, member.Value);
                break;
            case IDictionary map:
                foreach (DictionaryEntry pair in map)
                {
                    AddElement(name, pair.Key);
                    AddElement(name, pair.Value);
                }

                break;
            case IEnumerable elements:
                foreach (var element in elements) AddElement(name, element);
                break;
            case bool:
                break;
            case IFormattable formattable:
                Add(formattable.ToString(null, CultureInfo.InvariantCulture), name);
                break;
        }
    }

    private void AddElement(string name, object? element)
    {
        if (element is not null) Add(name, SparkLiteral.Of(element), element);
    }

    /// <summary>Spark prints a moment with a space or a T between its day and its time, with and without a zone.</summary>
    private void AddMoment(string name, long microseconds)
    {
        var moment = UtcTime.ToDateTimeOffset(microseconds);
        foreach (var format in (string[])["yyyy-MM-dd HH:mm:ss.FFFFFF", "yyyy-MM-dd", "HH:mm:ss.FFFFFF"]) Add(moment.ToString(format, CultureInfo.InvariantCulture), name);
        AddCount(microseconds, name);
    }

    /// <summary>The number in the literal of a day or a moment; a short one says little, and stands in messages for other things.</summary>
    private void AddCount(long count, string name)
    {
        var text = count.ToString(CultureInfo.InvariantCulture);
        if (text.Length >= LeastAnywhere) Add(text, name);
    }

    private void Add(string text, string name)
    {
        if (text.Length == 0) return;
        _texts.Add((text, name));
        _isSorted = false;
    }

    [GeneratedRegex(@"'(?:\\.|[^'\\])*'")]
    private static partial Regex QuotedValue();
}
