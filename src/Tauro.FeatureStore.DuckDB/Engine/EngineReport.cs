using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tauro.FeatureStore.Engines;

/// <summary>DuckDB's reports of errors, which are JSON: a message, and for many a place in the statement.</summary>
internal static class EngineReport
{
    /// <summary>The error of a statement.</summary>
    /// <param name="report">What DuckDB reported.</param>
    /// <param name="statement">The text that it had.</param>
    /// <param name="interrupted">Whether it stopped because it was told to.</param>
    public static DuckDBEngineException Read(string report, string statement, bool interrupted = false)
    {
        // Some errors are no JSON, and those of the parser have a word before it.
        var start = report.IndexOf('{', StringComparison.Ordinal);
        if (start < 0 || !TryParse(report[start..], out var json)) return new DuckDBEngineException(report, interrupted);
        using (json)
        {
            var (kind, message) = (Text(json, "exception_type"), Text(json, "exception_message").TrimEnd());
            if (!int.TryParse(Text(json, "position"), NumberStyles.None, CultureInfo.InvariantCulture, out var position)) return new DuckDBEngineException(message, interrupted) { Kind = kind };

            // The parser counts characters, everything else counts bytes.
            var index = Text(json, "error_subtype") == "SYNTAX_ERROR" ? IndexOf(statement, position, static _ => 1) : IndexOf(statement, position, static rune => rune.Utf8SequenceLength);
            return new DuckDBEngineException(message, interrupted) { Kind = kind, Statement = index is null ? null : statement, Index = index ?? 0 };
        }
    }

    /// <summary>The index of what DuckDB counts as a place; null where it is none.</summary>
    private static int? IndexOf(string statement, int position, Func<Rune, int> length)
    {
        var (index, counted) = (0, 0);
        foreach (var rune in statement.EnumerateRunes())
        {
            // DuckDB puts plain spaces in the place of other ones before it counts.
            if (counted == position) break;
            if (rune.Value > 0x7f && (Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format)) return null;
            (index, counted) = (index + rune.Utf16SequenceLength, counted + length(rune));
        }

        return counted == position ? index : null;
    }

    private static bool TryParse(string report, out JsonDocument json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(report));
        try
        {
            return JsonDocument.TryParseValue(ref reader, out json!) && json.RootElement.TryGetProperty("exception_message", out _);
        }
        catch (JsonException)
        {
            // A message that only looks like a report.
            json = null!;
            return false;
        }
    }

    private static string Text(JsonDocument json, string property) => json.RootElement.TryGetProperty(property, out var value) ? value.GetString() ?? "" : "";
}
