using System.Globalization;
using System.Text.RegularExpressions;
using Tauro.FeatureStore.Engines.Spark.Protocol;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>Where in a text that was sent Spark found an error. Details of a 4.x server say it; others write it into their message, in three ways.</summary>
internal static partial class ErrorPlace
{
    /// <summary>The place in the text; null where Spark names none, or one in the text of a view.</summary>
    public static int? Of(SparkErrorInfo info, string sent)
    {
        foreach (var context in info.Contexts)
        {
            if (context.ObjectType.Length > 0 || context.ContextType != FetchErrorDetailsResponse.Types.QueryContext.Types.ContextType.Sql || context.StartIndex < 0) continue;
            // An expression of a view has a text of its own, which is not the query's.
            if (Skip(sent, 0, context.StartIndex) is { } start && sent.AsSpan(start).StartsWith(context.Fragment, StringComparison.Ordinal)) return start;
        }

        if (InContext().Match(info.Text) is { Success: true } inContext) return Place(sent, inContext, firstColumn: 1);
        return !info.Text.Contains("== SQL of ", StringComparison.Ordinal) && InSentence().Match(info.Text) is { Success: true } inSentence ? Place(sent, inSentence, firstColumn: 0) : null;
    }

    /// <summary>A sentence of Spark's without the place in it, which counts in the text that was sent and not in the caller's.</summary>
    public static string Strip(string sentence) => InSentence().Replace(sentence, "");

    private static int? Place(string sent, Match match, int firstColumn)
    {
        if (!int.TryParse(match.Groups["line"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            || !int.TryParse(match.Groups["column"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var column)) return null;
        var start = 0;
        for (; line > 1; line--)
        {
            start = sent.IndexOf('\n', start) + 1;
            if (start == 0) return null;
        }

        return column < firstColumn ? null : Skip(sent, start, column - firstColumn);
    }

    /// <summary>The place so many signs later. Spark counts a sign outside of the basic plane once, a text here twice.</summary>
    private static int? Skip(string text, int place, int signs)
    {
        for (; signs > 0 && place < text.Length; signs--) place += char.IsSurrogatePair(text, place) ? 2 : 1;
        return signs > 0 ? null : place;
    }

    [GeneratedRegex(@"== SQL ?\(line (?<line>\d+), position (?<column>\d+)\) ==")]
    private static partial Regex InContext();

    /// <summary>The first form is a parse error's, the second one's of the analysis.</summary>
    [GeneratedRegex(@" ?\(line (?<line>\d+), pos (?<column>\d+)\)|; line (?<line>\d+) pos (?<column>\d+)")]
    private static partial Regex InSentence();
}
