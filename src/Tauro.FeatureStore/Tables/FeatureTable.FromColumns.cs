using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Apache.Arrow;
using Array = System.Array;

namespace Tauro.FeatureStore;

public sealed partial class FeatureTable
{
    /// <summary>
    /// Makes a table of one array for each column, such as <c>("user_id", new[] { 1, 2 }), ("age", new int?[] { 31, null })</c>. Elements may be numbers, text,
    /// booleans, <see cref="DateTimeOffset"/>, <see cref="DateTime"/>, <see cref="DateOnly"/>, arrays, dictionaries and records, or nullable ones.
    /// </summary>
    /// <param name="columns">Names and values, all of one length. The values are copied.</param>
    /// <exception cref="SchemaValidationException">Lengths differ, a name stands twice, or no column can hold the values.</exception>
    public static FeatureTable FromColumns(params (string Name, Array Values)[] columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (columns.Length == 0) throw new SchemaValidationException("A table needs at least one column.");
        CheckLengths(columns);
        var fields = new List<Field>(columns.Length);
        var arrays = new List<IArrowArray>(columns.Length);
        foreach (var (name, values) in columns)
        {
            var column = BuildColumn(name, values);
            fields.Add(new Field(name, column.Data.DataType, nullable: true));
            arrays.Add(column);
        }

        var schema = new Schema(fields, null);
        return FromArrow(schema, [new RecordBatch(schema, arrays, columns[0].Values.Length)]);
    }

    /// <summary>Makes a table of one array for each column, as <see cref="FromColumns(ValueTuple{string, Array}[])"/> does.</summary>
    /// <param name="columns">Names and values, all of one length.</param>
    /// <exception cref="SchemaValidationException">Lengths differ, names are equal but for their case, or no column can hold the values.</exception>
    public static FeatureTable FromColumns(IReadOnlyDictionary<string, Array> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        return FromColumns([.. columns.Select(column => (column.Key, column.Value))]);
    }

    /// <summary>Makes a table of records: each public property is a column of its own.</summary>
    /// <typeparam name="TRow">The type of a row: a record, class or struct with public properties.</typeparam>
    /// <param name="rows">The rows.</param>
    /// <exception cref="SchemaValidationException">The type has no public properties, or no column can hold one of them.</exception>
    public static FeatureTable FromRows<TRow>(IEnumerable<TRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (ColumnAppenders.Properties(typeof(TRow)).Count == 0)
            throw new SchemaValidationException($"The type {typeof(TRow).Name} has no public properties, so its values have no columns.");

        var columns = ColumnAppenders.ForProperties<TRow>();
        long count = 0;
        foreach (var row in rows)
        {
            if (row is null) throw new SchemaValidationException(string.Create(CultureInfo.InvariantCulture, $"Row {count} is null.")) { Row = count };
            foreach (var column in columns) column.Append(row);
            count++;
        }

        return FromBuilders([.. columns.Select(column => (column.Name, column.Builder))]);
    }

    /// <summary>Makes a table of the rows that a reader has left.</summary>
    /// <param name="reader">The reader; it is read to its end and not closed.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="SchemaValidationException">A column's name stands twice, or no column can hold its values.</exception>
    public static async Task<FeatureTable> FromDataReaderAsync(DbDataReader reader, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var columns = ReaderColumn.All(reader);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            foreach (var column in columns) column.AppendFrom(reader);
        return FromBuilders([.. columns.Select(column => (column.Name, column.Builder))]);
    }

    /// <summary>The rows that a reader has left in tables of so many rows, the last one shorter. Each is disposed when the next is asked for.</summary>
    internal static async IAsyncEnumerable<FeatureTable> ReadPiecesAsync(DbDataReader reader, int rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var isDone = false; !isDone;)
        {
            var columns = ReaderColumn.All(reader);
            for (var row = 0; row < rows && !isDone; row++)
            {
                isDone = !await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                if (isDone) break;
                foreach (var column in columns) column.AppendFrom(reader);
            }

            using var piece = FromBuilders([.. columns.Select(column => (column.Name, column.Builder))]);
            yield return piece;
        }
    }

    private static FeatureTable FromBuilders(IReadOnlyList<(string Name, ColumnBuilder Builder)> columns)
    {
        IArrowArray[] arrays = [.. columns.Select(column => column.Builder.Build())];
        var schema = new Schema(columns.Select((column, i) => new Field(column.Name, arrays[i].Data.DataType, nullable: true)), null);
        return FromArrow(schema, [new RecordBatch(schema, arrays, columns[0].Builder.Length)]);
    }

    private static IArrowArray BuildColumn(string name, Array values)
    {
        try
        {
            var element = values.GetType().GetElementType()!;
            return ((IArrayAppender)Activator.CreateInstance(typeof(ArrayAppender<>).MakeGenericType(element))!).Build(values);
        }
        catch (SchemaValidationException refused)
        {
            throw new SchemaValidationException($"The column '{name}' cannot be built. {refused.Message}", refused) { Column = name, Row = refused.Row };
        }
    }

    private static void CheckLengths((string Name, Array Values)[] columns)
    {
        foreach (var (name, values) in columns)
        {
            if (string.IsNullOrEmpty(name)) throw new SchemaValidationException("A column of the table has no name.");
            if (values is null) throw new SchemaValidationException($"The column '{name}' has no values.") { Column = name };
            if (values.Rank != 1) throw new SchemaValidationException($"The values of the column '{name}' are an array of rank {values.Rank}; they must be a list.") { Column = name };
            if (values.Length != columns[0].Values.Length)
                throw new SchemaValidationException(string.Create(CultureInfo.InvariantCulture,
                    $"The column '{name}' has {values.Length} values and the column '{columns[0].Name}' has {columns[0].Values.Length}; all columns have the same length."))
                {
                    Column = name,
                };
        }
    }

    private interface IArrayAppender
    {
        IArrowArray Build(Array values);
    }

    private sealed class ArrayAppender<T> : IArrayAppender
    {
        public IArrowArray Build(Array values)
        {
            var appender = ColumnAppenders.Create<T>();
            foreach (var value in (T[])values) appender.Append(value);
            return appender.Builder.Build();
        }
    }
}
