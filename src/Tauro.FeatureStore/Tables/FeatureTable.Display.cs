using System.Collections;
using System.Globalization;
using System.Text;

namespace Tauro.FeatureStore;

public sealed partial class FeatureTable
{
    private const int WidestCell = 40;

    /// <summary>The first rows as a table that a person likes to read, under the columns' names. Numbers stand to the right.</summary>
    /// <param name="maxRows">How many rows at most; the last line says how many there are.</param>
    public string ToDisplayString(int maxRows = 20)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxRows);
        using var head = Head(maxRows);
        var columns = ColumnNames.Select(head.DisplayColumn).ToArray();
        var shown = columns.Length == 0 ? 0 : columns[0].Length;
        var widths = columns.Select((cells, i) => cells.Append(ColumnNames[i]).Max(cell => cell.Length)).ToArray();
        var right = ColumnNames.Select(name => GetColumnType(name).Kind
            is DataTypeKind.Int or DataTypeKind.BigInt or DataTypeKind.Float or DataTypeKind.Double or DataTypeKind.Decimal).ToArray();

        var text = new StringBuilder();
        AppendLine(text, ColumnNames, widths, right);
        AppendLine(text, [.. widths.Select(width => new string('-', width))], widths, right);
        for (var row = 0; row < shown; row++) AppendLine(text, [.. columns.Select(cells => cells[row])], widths, right);
        if (RowCount > shown) text.Append(CultureInfo.InvariantCulture, $"... {RowCount} rows\n");
        return text.ToString();
    }

    /// <summary>The table's columns and the number of its rows, on one line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{RowCount} rows ({string.Join(", ", ColumnNames)})");

    private FeatureTable Head(int rows)
    {
        var batches = new List<Apache.Arrow.RecordBatch>();
        foreach (var batch in _batches)
        {
            if (rows == 0) break;
            var taken = Math.Min(rows, batch.Length);
            batches.Add(batch.SliceShared(0, taken));
            rows -= taken;
        }

        return FromArrow(Schema, batches);
    }

    private string[] DisplayColumn(string name) => [.. GetColumn<object?>(name).Select(value => Shorten(Display(value)))];

    private static void AppendLine(StringBuilder text, IReadOnlyList<string> cells, int[] widths, bool[] right)
    {
        for (var i = 0; i < cells.Count; i++)
            text.Append(i == 0 ? "" : "  ").Append(right[i] ? cells[i].PadLeft(widths[i]) : cells[i].PadRight(widths[i]));
        while (text.Length > 0 && text[^1] == ' ') text.Length--;
        text.Append('\n');
    }

    private static string Shorten(string cell) => cell.Length <= WidestCell ? cell : string.Concat(cell.AsSpan(0, WidestCell - 3), "...");

    internal static string Display(object? value) => value switch
    {
        null => "null",
        DateTimeOffset { UtcTicks: var ticks } moment when ticks % TimeSpan.TicksPerSecond == 0 => moment.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        DateTimeOffset moment => moment.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        bool truth => truth ? "true" : "false",
        string plain => string.Concat(plain.Select(c => char.IsControl(c) ? ' ' : c)),
        IReadOnlyDictionary<string, object?> members => $"{{{string.Join(", ", members.Select(member => $"{member.Key}: {Display(member.Value)}"))}}}",
        IDictionary pairs => $"{{{string.Join(", ", pairs.Keys.Cast<object>().Select(key => $"{Display(key)}: {Display(pairs[key])}"))}}}",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Display))}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
