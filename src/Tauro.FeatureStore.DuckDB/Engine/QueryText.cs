using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Tauro.FeatureStore.Engines;

/// <summary>What errors show of a query.</summary>
internal static class QueryText
{
    private const int LongestText = 2000;

    /// <summary>A caller's query.</summary>
    public static string Describe(string sql) => $"the query:\n{(sql.Length <= LongestText ? sql : string.Concat(sql.AsSpan(0, LongestText), " ..."))}";

    /// <summary>DuckDB's message, with the names of parameters in the places where it cites their values.</summary>
    public static string WithoutValues(string message, IReadOnlyDictionary<string, object?>? parameters)
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
        IEnumerable list => list.Cast<object?>().SelectMany(Texts),
        _ => [],
    };
}
