using System.Globalization;

namespace Tauro.FeatureStore;

/// <summary>What tells a table from another with other rows or columns: the number of rows, and of each column its name, its type and a hash of its values.</summary>
/// <param name="RowCount">The rows.</param>
/// <param name="Columns">The columns, in their order.</param>
public sealed record TableFingerprint(long RowCount, IReadOnlyList<ColumnFingerprint> Columns)
{
    /// <summary>The columns, in their order.</summary>
    public IReadOnlyList<ColumnFingerprint> Columns { get; init; } = ValueList.Of(Columns);

    /// <summary>The fingerprint of a table. It does not depend on how the table is cut into batches.</summary>
    /// <param name="table">The table.</param>
    /// <exception cref="SchemaValidationException">No data type holds a column's Arrow type.</exception>
    public static TableFingerprint Of(FeatureTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Of(table, firstColumn: 0);
    }

    /// <summary>The fingerprint of a table's columns from one on.</summary>
    internal static TableFingerprint Of(FeatureTable table, int firstColumn)
    {
        var columns = new List<ColumnFingerprint>();
        for (var position = firstColumn; position < table.ColumnCount; position++)
        {
            var type = table.GetColumnType(table.ColumnNames[position]);
            using var hash = new ColumnHash();
            foreach (var chunk in table.Chunks(position))
            {
                using var values = ArrowConvert.ToCanonical(chunk, type);
                hash.Add(values);
            }

            columns.Add(new ColumnFingerprint(table.ColumnNames[position], type.ToString(), hash.Finish()));
        }

        return new TableFingerprint(table.RowCount, columns);
    }

    /// <summary>What another table has that this one does not expect, as the end of a sentence; null where they are the same.</summary>
    internal string? DifferenceOf(TableFingerprint other)
    {
        if (Equals(other)) return null;
        if (!Columns.Select(column => (column.Name, column.Type)).SequenceEqual(other.Columns.Select(column => (column.Name, column.Type))))
            return $"it has the columns ({Describe(other)}) instead of ({Describe(this)})";
        if (RowCount != other.RowCount) return string.Create(CultureInfo.InvariantCulture, $"it has {other.RowCount} rows instead of {RowCount}");
        return $"it has other values, or another order of rows, in {string.Join(", ", Columns.Zip(other.Columns).Where(pair => pair.First != pair.Second).Select(pair => $"'{pair.First.Name}'"))}";
    }

    private static string Describe(TableFingerprint table) => string.Join(", ", table.Columns.Select(column => $"{column.Name} {column.Type}"));
}

/// <summary>What tells a column from another.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its data type, as schemas write it.</param>
/// <param name="Sha256">A hash of its values and nulls, in hexadecimal digits.</param>
public sealed record ColumnFingerprint(string Name, string Type, string Sha256);
