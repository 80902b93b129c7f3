using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Tauro.FeatureStore.Engines;

/// <summary>What errors show of a query.</summary>
internal static partial class QueryText
{
    private const int LongestText = 2000;

    /// <summary>Errors about the text of a query, its names and its surroundings. All others are about values, and cite them.</summary>
    private static readonly string[] KindsWithoutValues =
        ["Parser", "Binder", "Catalog", "Permission", "IO", "Not implemented", "Out of Memory", "INTERRUPT", "Missing Extension", "Dependency", "TransactionContext", "Connection", "Settings"];

    /// <summary>A caller's query.</summary>
    public static string Describe(string sql) => $"the query:\n{(sql.Length <= LongestText ? sql : string.Concat(sql.AsSpan(0, LongestText), " ..."))}";

    /// <summary>What DuckDB said, without the values that it cites: those of parameters, and those of rows.</summary>
    /// <param name="error">What it said.</param>
    /// <param name="caller">The caller's query; null where the statement is ours alone.</param>
    public static string WithoutValues(DuckDBEngineException error, SqlSource? caller)
    {
        var citesValues = error.Kind is { } kind && !KindsWithoutValues.Contains(kind) && !IsText(error.Message, caller);
        var message = WithoutParameters(citesValues ? Mask(error.Message) : error.Message, caller?.Parameters);
        return error.Kind is null ? message : $"{error.Kind} Error: {message}";
    }

    /// <summary>Whether a message is a text of the query itself, as that of <c>error('...')</c>, or of this library.</summary>
    private static bool IsText(string message, SqlSource? caller) =>
        Refusal().IsMatch(message) || caller?.Sql.Contains($"'{message.Replace("'", "''", StringComparison.Ordinal)}'", StringComparison.Ordinal) == true;

    /// <summary>
    /// A message with <c>?</c> for what may be a value: everything after a colon, or from the first quote or bracket to the last of its kind, because values hold quotes and
    /// brackets, and words with digits. DuckDB renders numbers, dates and nested values in forms of its own, so that no comparison with the parameters finds them all.
    /// </summary>
    private static string Mask(string message) =>
        Digits().Replace(Cited().Replace(message, "?"), word => TypeName().IsMatch(word.Value) ? word.Value : "?");

    private static string WithoutParameters(string message, IReadOnlyDictionary<string, object?>? parameters)
    {
        if (parameters is null) return message;
        var values = parameters.SelectMany(parameter => Texts(parameter.Value).Select(text => (Text: text, parameter.Key)));
        foreach (var (text, name) in values.OrderByDescending(value => value.Text.Length)) message = WholeWord(text).Replace(message, "$$" + name);
        return message;
    }

    private static Regex WholeWord(string text) => new($@"(?<!\w){Regex.Escape(text)}(?!\w)", RegexOptions.CultureInvariant);

    private static IEnumerable<string> Texts(object? value) => value switch
    {
        null or bool or byte[] => [],
        string { Length: > 0 } text => [text],
        string => [],
        DateTimeOffset time => [time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)],
        DateTime time => [time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)],
        DateOnly date => [date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)],
        IFormattable number => [number.ToString(null, CultureInfo.InvariantCulture)],
        IDictionary map => map.Keys.Cast<object?>().Concat(map.Values.Cast<object?>()).SelectMany(Texts),
        IEnumerable list => list.Cast<object?>().SelectMany(Texts),
        _ => [],
    };

    [GeneratedRegex(@"(?<=:\s).+|'.*'|"".*""|\[.*\]|\{.*\}|(?<!DECIMAL|VARCHAR|ENUM)\(.*\)", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Cited();

    [GeneratedRegex(@"[^\s(]*\d\S*", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();

    [GeneratedRegex(@"^(U?INT(8|16|32|64|128)|DECIMAL\(\d+,\d+\)|\d+,\d+\))[.,;:!]?$", RegexOptions.CultureInvariant)]
    private static partial Regex TypeName();

    [GeneratedRegex(@"^The column '\w+' holds a value that does not fit into [A-Z0-9(), ]+\.$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Refusal();
}
