using System.Globalization;
using Apache.Arrow;
using Array = System.Array;

namespace Tauro.FeatureStore;

public sealed partial class FeatureTable
{
    /// <summary>The values of one column.</summary>
    /// <typeparam name="T">
    /// The CLR type: <see cref="int"/>, <see cref="long"/>, <see cref="float"/>, <see cref="double"/>, <see cref="decimal"/>, <see cref="bool"/>,
    /// <see cref="string"/>, <see cref="DateTimeOffset"/>, <see cref="DateTime"/>, <see cref="DateOnly"/>, arrays, dictionaries and records of them, or
    /// <see cref="object"/>; a nullable one where the column holds nulls.
    /// </typeparam>
    /// <param name="name">The column's name, without regard to case.</param>
    /// <exception cref="FeatureNotFoundException">There is no such column.</exception>
    /// <exception cref="SchemaValidationException">The column's type cannot be read as <typeparamref name="T"/>.</exception>
    /// <exception cref="InvalidOperationException">A value is null and <typeparamref name="T"/> has none.</exception>
    public T[] GetColumn<T>(string name)
    {
        var position = PositionOf(name);
        var type = GetColumnType(name);
        var reader = CreateReader<T>(name, type);
        var values = new T[RowCount];
        var row = 0;
        foreach (var chunk in Chunks(position))
        {
            using var canonical = ArrowConvert.ToCanonical(chunk, type);
            reader.Open(canonical);
            for (var i = 0; i < canonical.Length; i++, row++)
                values[row] = ReadValue(reader, i, name, row);
        }

        return values;
    }

    /// <summary>The rows as records, one after another.</summary>
    /// <typeparam name="TRow">
    /// A record, class or struct. Columns fill the parameters of its constructor and its settable properties by name, without regard to case and underscores;
    /// columns that it lacks are left out.
    /// </typeparam>
    /// <exception cref="SchemaValidationException">A parameter has no column, or a column's type cannot be read as that of its parameter or property.</exception>
    public IEnumerable<TRow> ToRows<TRow>()
    {
        DataType[] types = [.. ColumnNames.Select(GetColumnType)];
        var reader = new RecordReader<TRow>(ValueList.Of(ColumnNames.Select((name, i) => new StructMember(name, types[i]))));
        return ReadRows(reader, types);
    }

    /// <summary>
    /// The columns by name, each as an array of its CLR type, nullable where that is a value type: <c>long?[]</c>, <c>string[]</c>, <c>float?[][]</c>.
    /// </summary>
    /// <exception cref="SchemaValidationException">No data type holds a column's Arrow type.</exception>
    public IReadOnlyDictionary<string, Array> ToDictionary()
    {
        var columns = new Dictionary<string, Array>(ColumnCount, StringComparer.OrdinalIgnoreCase);
        foreach (var name in ColumnNames)
        {
            var read = typeof(FeatureTable).GetMethod(nameof(GetColumn))!.MakeGenericMethod(ArrowTypes.ToNullableClr(GetColumnType(name)));
            columns.Add(name, read.CreateDelegate<Func<string, Array>>(this)(name));
        }

        return columns;
    }

    private IEnumerable<TRow> ReadRows<TRow>(RecordReader<TRow> reader, DataType[] types)
    {
        foreach (var batch in _batches)
        {
            IArrowArray[] columns = [.. types.Select((type, i) => ArrowConvert.ToCanonical(batch.Column(i), type))];
            reader.Open(columns);
            for (var i = 0; i < batch.Length; i++) yield return reader.Read(i);
            foreach (var column in columns) column.Dispose();
        }
    }

    private static ColumnReader<T> CreateReader<T>(string name, DataType type)
    {
        try
        {
            return ColumnReaders.Create<T>(type);
        }
        catch (SchemaValidationException refused)
        {
            throw new SchemaValidationException($"The column '{name}': {refused.Message}", refused) { Column = name };
        }
    }

    private static T ReadValue<T>(ColumnReader<T> reader, int index, string name, int row)
    {
        try
        {
            return reader.Read(index);
        }
        catch (InvalidOperationException missing)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The column '{name}', row {row}: {missing.Message}"), missing);
        }
    }
}
