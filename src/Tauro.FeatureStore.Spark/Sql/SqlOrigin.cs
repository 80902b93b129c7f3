namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>A statement of a caller's as it was sent, with literals in place of parameters, and where each part of it stands in the caller's text.</summary>
internal sealed class SqlOrigin(string sql, string sent, IReadOnlyList<SqlOrigin.Replacement> replacements)
{
    /// <summary>The place in the caller's text of a place in a whole text that was sent; null where that is none of the caller's.</summary>
    /// <param name="whole">The text that was sent, this statement in it.</param>
    /// <param name="place">A place in it, at most its end.</param>
    public SqlPosition? Find(string whole, int place)
    {
        // A statement that holds the place begins at most its own length before it.
        var from = Math.Max(0, place - sent.Length);
        var start = whole.IndexOf(sent, from, Math.Min(whole.Length, place + sent.Length) - from, StringComparison.Ordinal);
        return start < 0 || place > start + sent.Length ? null : SqlPosition.Of(sql, ToSource(place - start));
    }

    private int ToSource(int place)
    {
        var moved = 0;
        foreach (var replacement in replacements)
        {
            if (place < replacement.Start) break;
            if (place < replacement.Start + replacement.Length) return replacement.SourceStart;
            moved = replacement.SourceStart + replacement.SourceLength - replacement.Start - replacement.Length;
        }

        return place + moved;
    }

    /// <summary>What was put in place of a part of the caller's text.</summary>
    public readonly record struct Replacement(int Start, int Length, int SourceStart, int SourceLength);
}
