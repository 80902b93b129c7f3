using System.Text;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Short texts that bound long ones, so that a log does not hold a column's values.</summary>
internal static class StatisticText
{
    private const int MaxCharacters = 32;
    private const int LastBeforeSurrogates = 0xD7FF;
    private const int FirstAfterSurrogates = 0xE000;
    private const int LastCharacter = 0x10FFFF;

    /// <summary>A text not greater than this one: its beginning.</summary>
    public static string AtMost(ReadOnlySpan<byte> utf8) => Concat(Begin(utf8, out _));

    /// <summary>
    /// A text not less than this one: itself, or its beginning with the last character raised; null where there is none. A text of which only the beginning
    /// is kept is less than the whole, so to keep it as the greatest value would hide rows.
    /// </summary>
    public static string? AtLeast(ReadOnlySpan<byte> utf8)
    {
        var characters = Begin(utf8, out var whole);
        if (whole) return Concat(characters);
        while (characters.Count > 0 && characters[^1].Value == LastCharacter) characters.RemoveAt(characters.Count - 1);
        if (characters.Count == 0) return null;
        characters[^1] = new Rune(characters[^1].Value == LastBeforeSurrogates ? FirstAfterSurrogates : characters[^1].Value + 1);
        return Concat(characters);
    }

    private static List<Rune> Begin(ReadOnlySpan<byte> utf8, out bool whole)
    {
        var characters = new List<Rune>(MaxCharacters);
        while (!utf8.IsEmpty && characters.Count < MaxCharacters
            && Rune.DecodeFromUtf8(utf8, out var character, out var length) == System.Buffers.OperationStatus.Done)
        {
            characters.Add(character);
            utf8 = utf8[length..];
        }

        whole = utf8.IsEmpty; // What a writer cut within a character counts as cut before it.
        return characters;
    }

    private static string Concat(List<Rune> characters)
    {
        var text = new StringBuilder(characters.Count);
        foreach (var character in characters) text.Append(character.ToString());
        return text.ToString();
    }
}
