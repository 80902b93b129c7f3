using System.Collections;
using System.Globalization;

namespace Tauro.FeatureStore.Specification;

/// <summary>Values as C# would write them, so that a failed test can be read and typed in again.</summary>
public static class Printed
{
    public static string Value(object? value) => value switch
    {
        null => "null",
        string text => $"\"{string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")))}\"",
        bool truth => truth ? "true" : "false",
        DateTimeOffset moment => moment.ToString("yyyy-MM-ddTHH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        decimal number => string.Create(CultureInfo.InvariantCulture, $"{number}m"),
        IDictionary map => $"{{{string.Join(", ", map.Keys.Cast<object>().Select(key => $"{Value(key)}: {Value(map[key])}"))}}}",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Value))}]",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    public static string Row(IEnumerable<object?> values) => $"({string.Join(", ", values.Select(Value))})";

    public static string Table(IReadOnlyList<(string Name, Array Values)> columns)
    {
        var lines = new List<string> { $"({string.Join(", ", columns.Select(column => column.Name))})" };
        var rows = columns.Count == 0 ? 0 : columns[0].Values.Length;
        for (var row = 0; row < Math.Min(rows, 50); row++) lines.Add(Row(columns.Select(column => column.Values.GetValue(row))));
        if (rows > 50) lines.Add(string.Create(CultureInfo.InvariantCulture, $"... {rows} rows in all"));
        return string.Join(Environment.NewLine, lines.Select(line => $"    {line}"));
    }
}
