using System.Globalization;
using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>Checks rows against their group's schema and brings them to the stored columns, before a byte is written. An error names the column, the row and the rule.</summary>
internal sealed class IncomingRows
{
    private readonly FeatureGroupSchema _schema;
    private readonly FeatureTable _rows;

    private IncomingRows(FeatureGroupSchema schema, FeatureTable rows) => (_schema, _rows) = (schema, rows);

    /// <summary>The types of the key columns: as they are stored, else as declared, else as the rows have them.</summary>
    public static IReadOnlyDictionary<string, DataType> KeyTypes(FeatureGroupSchema schema, FeatureTable rows, IReadOnlyDictionary<string, DataType>? stored)
    {
        var types = new Dictionary<string, DataType>();
        foreach (var key in schema.EntityKeys)
        {
            if (stored is not null && stored.TryGetValue(key.Name, out var pinned)) types[key.Name] = pinned;
            else if (key.DataType is not null) types[key.Name] = key.DataType;
            else if (rows.HasColumn(key.Name)) types[key.Name] = PinnedType(schema, key, rows.GetColumnType(key.Name));
            else throw Refused(schema, key.Name, null, $"the entity key '{key.Name}' is missing. The rows have: {string.Join(", ", rows.ColumnNames)}");
        }

        return types;
    }

    /// <summary>The rows as batches of the stored columns, in the canonical types. The caller disposes them.</summary>
    /// <param name="schema">The group.</param>
    /// <param name="columns">Its stored columns.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="firstRow">How many rows came before, so that errors name a row by its place among all.</param>
    public static IReadOnlyList<RecordBatch> Check(FeatureGroupSchema schema, IReadOnlyList<StoredColumn> columns, FeatureTable rows, long firstRow = 0)
    {
        var incoming = new IncomingRows(schema, rows);
        incoming.CheckColumns(columns);
        var arrowSchema = new Schema([.. columns.Select(column => ArrowTypes.ToField(column.Name, column.Type, column.Nullable))], null);
        var batches = new List<RecordBatch>();
        try
        {
            foreach (var batch in rows.Batches)
            {
                batches.Add(new RecordBatch(arrowSchema, columns.Select(column => incoming.Convert(batch, column, firstRow)), batch.Length));
                firstRow += batch.Length;
            }
        }
        catch
        {
            foreach (var batch in batches) batch.Dispose();
            throw;
        }

        return batches;
    }

    private static DataType PinnedType(FeatureGroupSchema schema, EntityKey key, DataType type) => type.CanBeKey
        ? type
        : throw Refused(schema, key.Name, null, $"the entity key '{key.Name}' is {type}; a key is INT, BIGINT, STRING, BOOLEAN, DATE, TIMESTAMP or DECIMAL");

    private void CheckColumns(IReadOnlyList<StoredColumn> columns)
    {
        foreach (var name in _rows.ColumnNames)
            if (!columns.Any(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                throw Refused(_schema, name, null, $"the column '{name}' is unknown. The group has: {string.Join(", ", columns.Select(column => column.Name))}");
        foreach (var column in columns)
            if (!_rows.HasColumn(column.Name) && !column.Nullable)
                throw Refused(_schema, column.Name, null, $"the {column.RoleIn(_schema)} '{column.Name}' is missing, and it must be there. The rows have: {string.Join(", ", _rows.ColumnNames)}");
    }

    private IArrowArray Convert(RecordBatch batch, StoredColumn column, long firstRow)
    {
        if (!_rows.HasColumn(column.Name)) return ArrowMemory.Nulls(ArrowTypes.ToArrow(column.Type), batch.Length);
        IArrowArray values;
        try
        {
            values = ArrowConvert.ToCanonical(batch.Column(_rows.PositionOf(column.Name)), column.Type);
        }
        catch (SchemaValidationException refused)
        {
            throw Refused(_schema, column.Name, refused.Row + firstRow, $"the column '{column.Name}' cannot be taken as {column.Type}: {refused.Message.TrimEnd('.')}", refused);
        }

        try
        {
            CheckValues(values, column, firstRow);
            return values;
        }
        catch
        {
            values.Dispose();
            throw;
        }
    }

    private void CheckValues(IArrowArray values, StoredColumn column, long firstRow)
    {
        if (!column.Nullable && values.NullCount > 0)
            throw Refused(_schema, column.Name, firstRow + FirstNull(values), $"the {column.RoleIn(_schema)} '{column.Name}' is null, and it cannot be");
        if (column.Feature?.VectorLength is { } length) CheckLengths((ListArray)values, column, length, firstRow);
        if (_schema.EnforceMetadataRules && column.Feature is { } feature && MetadataRules.Of(feature) is { } rules && rules.FirstBreach(values) is var (row, rule))
            throw Refused(_schema, column.Name, firstRow + row, $"a value of '{column.Name}' breaks the rule {rule} in the feature's metadata");
    }

    private void CheckLengths(ListArray values, StoredColumn column, int length, long firstRow)
    {
        for (var i = 0; i < values.Length; i++)
            if (!values.IsNull(i) && values.GetValueLength(i) != length)
                throw Refused(_schema, column.Name, firstRow + i, string.Create(CultureInfo.InvariantCulture,
                    $"the vector in '{column.Name}' has {values.GetValueLength(i)} elements, and the feature has vectors of {length}"));
    }

    private static int FirstNull(IArrowArray values)
    {
        var row = 0;
        while (!values.IsNull(row)) row++;
        return row;
    }

    /// <summary>The error of rows that break a rule.</summary>
    /// <param name="schema">The group.</param>
    /// <param name="column">The column.</param>
    /// <param name="row">The row's place among all; null where it is not known, or where it is not about one row.</param>
    /// <param name="what">The rule, without a value.</param>
    /// <param name="cause">What it came from.</param>
    public static SchemaValidationException Refused(FeatureGroupSchema schema, string column, long? row, string what, Exception? cause = null) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The rows for '{schema.QualifiedName}' were refused{(row is null ? "" : $" at row {row}")}: {what}. Nothing was written."), cause)
        {
            FeatureGroup = schema.Name,
            Column = column,
            Row = row,
        };
}
