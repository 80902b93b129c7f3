namespace Tauro.FeatureStore;

/// <summary>A place in a text of SQL as its writer has it.</summary>
/// <param name="Line">The line, counted from 1.</param>
/// <param name="Column">The character within the line, counted from 1 in the <see cref="char"/>s of the text.</param>
public readonly record struct SqlPosition(int Line, int Column)
{
    /// <summary>Such as <c>line 2, column 8</c>.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"line {Line}, column {Column}");

    /// <summary>The place of a character of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="index">From zero to the length of the text, which is the place after its end.</param>
    internal static SqlPosition Of(string text, int index)
    {
        var before = text.AsSpan(0, index);
        return new SqlPosition(before.Count('\n') + 1, index - before.LastIndexOf('\n'));
    }
}
