using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The values of a query's parameters as literals, and a way to keep them out of what is said about the query.</summary>
internal sealed partial class SqlValues
{
    private readonly Dictionary<string, string> _literals = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(string Text, string Name)> _texts = [];

    public SqlValues(IReadOnlyDictionary<string, object?>? parameters)
    {
        if (parameters is null) return;
        foreach (var (name, value) in parameters)
        {
            try
            {
                var literal = SparkLiteral.Of(value);
                _literals.Add(name, literal);
                if (value is null) continue;
                _texts.Add((literal, name));
                Remember(name, value);
            }
            catch (SchemaValidationException refused)
            {
                throw new SchemaValidationException($"The parameter '{name}' cannot be given to Spark. {refused.Message}", refused) { Column = name };
            }
        }

        // Longer texts first, so that no value hides in the rest of another.
        _texts.Sort((left, right) => right.Text.Length.CompareTo(left.Text.Length));
    }

    public bool IsEmpty => _literals.Count == 0;

    public IEnumerable<string> Names => _literals.Keys;

    public bool TryGetLiteral(string name, out string literal) => _literals.TryGetValue(name, out literal!);

    /// <summary>
    /// A text of the server's with every value in it replaced by its parameter's name. Spark may write a value in a way of its own, a moment for one, so whatever it
    /// quotes as a value is left out too.
    /// </summary>
    public string Conceal(string text)
    {
        if (IsEmpty) return text;
        foreach (var (value, name) in _texts) text = text.Replace(value, $"${name}", StringComparison.Ordinal);
        return QuotedValue().Replace(text, "'...'");
    }

    private void Remember(string name, object value)
    {
        switch (value)
        {
            case string text:
                if (text.Length == 0) break;
                _texts.Add((text, name));
                _texts.Add((text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal), name));
                break;
            case IEnumerable elements:
                foreach (var element in elements)
                    if (element is not null) Remember(name, element);
                break;
            case bool:
                break;
            case IFormattable formattable:
                _texts.Add((formattable.ToString(null, CultureInfo.InvariantCulture), name));
                break;
        }
    }

    [GeneratedRegex(@"'(?:\\.|[^'\\])*'")]
    private static partial Regex QuotedValue();
}
