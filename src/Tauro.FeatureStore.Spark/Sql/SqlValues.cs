using System.Text.RegularExpressions;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The values of a query's parameters as literals, and what is known about the query to say what goes wrong with it: where its text came from, and what must not be said.</summary>
internal sealed class SqlValues
{
    private readonly Dictionary<string, string> _literals = new(StringComparer.OrdinalIgnoreCase);
    private readonly ValueTexts _texts = new();
    private readonly List<SqlOrigin> _origins = [];
    private Regex? _spared;

    public SqlValues(IReadOnlyDictionary<string, object?>? parameters)
    {
        if (parameters is null) return;
        foreach (var (name, value) in parameters)
        {
            try
            {
                var literal = SparkLiteral.Of(value);
                _literals.Add(name, literal);
                _texts.Add(name, literal, value);
            }
            catch (SchemaValidationException refused)
            {
                throw new SchemaValidationException($"The parameter '{name}' cannot be given to Spark. {refused.Message}", refused) { Column = name };
            }
        }
    }

    public bool IsEmpty => _literals.Count == 0;

    public IEnumerable<string> Names => _literals.Keys;

    public bool TryGetLiteral(string name, out string literal) => _literals.TryGetValue(name, out literal!);

    /// <summary>A text of the server's with every value in it replaced by its parameter's name.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isCut">Whether its end may be missing, and with it the rest of a value.</param>
    public string Conceal(string text, bool isCut = false)
    {
        if (IsEmpty) return text;
        if (_spared?.Match(text) is not { Success: true } ours) return _texts.Conceal(text, isCut);
        return $"{_texts.Conceal(text[..ours.Index], isCut: false)}{ours.Value}{_texts.Conceal(text[(ours.Index + ours.Length)..], isCut)}";
    }

    /// <summary>Lets a text of this library's be, which is looked for in what is left, and of which a value may happen to be a part.</summary>
    public void Spare(Regex ours) => _spared = ours;

    /// <summary>Remembers a statement of the caller's that these values were written into.</summary>
    public void Remember(SqlOrigin origin) => _origins.Add(origin);

    /// <summary>Remembers the statements of other values as well: those of the same query for another moment.</summary>
    public void Remember(SqlValues others) => _origins.AddRange(others._origins);

    /// <summary>The place in the caller's text of a place in a text that was sent; null where that is none of the caller's.</summary>
    public SqlPosition? Find(string sent, int place)
    {
        foreach (var origin in _origins)
            if (origin.Find(sent, place) is { } position) return position;
        return null;
    }
}
