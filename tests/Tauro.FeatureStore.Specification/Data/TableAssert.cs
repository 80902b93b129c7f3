using System.Globalization;

namespace Tauro.FeatureStore.Specification;

/// <summary>Compares whole tables.</summary>
public static class TableAssert
{
    /// <summary>Fails unless the table has these columns in this order, of these types, with these values.</summary>
    public static void Equal(Columns expected, FeatureTable actual)
    {
        if (Difference(expected, actual) is { } difference) Assert.Fail(difference);
    }

    /// <summary>The first difference and both tables, or null where there is none.</summary>
    public static string? Difference(IReadOnlyList<(string Name, Array Values)> expected, FeatureTable actual)
    {
        if (!expected.Select(column => column.Name).SequenceEqual(actual.ColumnNames))
            return $"The columns are ({string.Join(", ", actual.ColumnNames)}) instead of ({string.Join(", ", expected.Select(column => column.Name))}).";

        var values = actual.ToDictionary();
        Columns found = [.. actual.ColumnNames.Select(name => (name, values[name]))];
        return Difference(expected, found, actual.RowCount) is { } difference
            ? string.Join(Environment.NewLine, difference, "Expected:", Printed.Table(expected), "Answered:", Printed.Table(found))
            : null;
    }

    private static string? Difference(IReadOnlyList<(string Name, Array Values)> expected, Columns found, long rows)
    {
        foreach (var (want, have) in expected.Zip(found))
        {
            if (PlainElement(want.Values) != PlainElement(have.Values))
                return $"The column '{want.Name}' holds {PlainElement(have.Values)} instead of {PlainElement(want.Values)}.";
            if (have.Values.Length != rows || want.Values.Length != rows)
                return string.Create(CultureInfo.InvariantCulture,
                    $"The table says {rows} rows and its column '{want.Name}' has {have.Values.Length} instead of {want.Values.Length}.");
            for (var row = 0; row < want.Values.Length; row++)
                if (!DeepEquality.Equals(want.Values.GetValue(row), have.Values.GetValue(row)))
                    return string.Create(CultureInfo.InvariantCulture,
                        $"Row {row} of '{want.Name}' is {Printed.Value(have.Values.GetValue(row))} instead of {Printed.Value(want.Values.GetValue(row))}.");
        }

        return null;
    }

    private static Type PlainElement(Array values)
    {
        var element = values.GetType().GetElementType()!;
        return Nullable.GetUnderlyingType(element) ?? element;
    }
}
