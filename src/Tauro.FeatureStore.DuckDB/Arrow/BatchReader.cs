using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore.Engines;

/// <summary>Reads a cursor in batches of a size that is worth a step, as columns of the wanted types.</summary>
/// <param name="cursor">The cursor.</param>
/// <param name="schema">The columns, in the layout that DuckDB gives.</param>
/// <param name="asTheyCome">Whether DuckDB's own batches are handed out, which saves a copy.</param>
internal sealed class BatchReader(DuckDBCursor cursor, Schema schema, bool asTheyCome = false)
{
    /// <summary>DuckDB's own batches are small; this many rows make one of ours.</summary>
    private const int RowsPerBatch = 1 << 16;

    /// <summary>Apache.Arrow puts no dictionaries together, so where a column has one, DuckDB's batches stay as they are.</summary>
    private readonly bool _joinsParts = !asTheyCome && !schema.FieldsList.Any(field => HasDictionary(field.DataType));

    /// <summary>The columns of the batches.</summary>
    public Schema Schema => schema;

    /// <summary>Reads a caller's query, with the types that DuckDB gives.</summary>
    public static BatchReader ForQuery(DuckDBCursor cursor) => new(cursor, QuerySchema(cursor.Schema));

    /// <summary>The columns of a caller's query.</summary>
    public static Schema QuerySchema(Schema schema) =>
        new([.. schema.FieldsList.Select(field => new Field(field.Name, ArrowLayout.Canonical(field.DataType), nullable: true))], metadata: null);

    /// <summary>The next rows, which the caller disposes; null at the end.</summary>
    public RecordBatch? Read()
    {
        var parts = new List<RecordBatch>();
        try
        {
            for (var rows = 0; rows < RowsPerBatch && cursor.Read() is { } part; rows += _joinsParts ? part.Length : RowsPerBatch) parts.Add(part);
            if (parts.Count == 0) return null;
            var length = parts.Sum(part => part.Length);
            return new RecordBatch(schema, WorkerPool.MakeColumns(schema.FieldsList.Count, length, i => Column(parts, i, schema.GetFieldByIndex(i).DataType)), length);
        }
        finally
        {
            foreach (var part in parts) part.Dispose();
        }
    }

    /// <summary>A batch without rows.</summary>
    public static RecordBatch Empty(Schema schema) =>
        new(schema, schema.FieldsList.Select(field => ArrowArrayFactory.BuildArray(EmptyData(field.DataType))), 0);

    private static IArrowArray Column(List<RecordBatch> parts, int column, IArrowType type)
    {
        // The data of a single part is kept alive beyond it; that of several is copied together.
        var data = parts.Count == 1
            ? parts[0].Column(column).Data.Retain()
            : ArrayDataConcatenator.Concatenate([.. parts.Select(part => part.Column(column).Data)]);
        return ArrowArrayFactory.BuildArray(ArrowLayout.Retype(data, type));
    }

    private static bool HasDictionary(IArrowType type) => type is DictionaryType || (type is NestedType nested && nested.Fields.Any(field => HasDictionary(field.DataType)));

    private static ArrayData EmptyData(IArrowType type)
    {
        ArrowBuffer none = ArrowBuffer.Empty, offsets = new(new byte[sizeof(int)]);
        return type switch
        {
            MapType map => new ArrayData(type, 0, 0, 0, [none, offsets], [EmptyData(map.KeyValueType)]),
            ListType list => new ArrayData(type, 0, 0, 0, [none, offsets], [EmptyData(list.ValueDataType)]),
            StructType composite => new ArrayData(type, 0, 0, 0, [none], [.. composite.Fields.Select(field => EmptyData(field.DataType))]),
            FixedSizeListType list => new ArrayData(type, 0, 0, 0, [none], [EmptyData(list.ValueDataType)]),
            DictionaryType dictionary => new ArrayData(type, 0, 0, 0, [none, none], [], EmptyData(dictionary.ValueType)),
            StringType or BinaryType => new ArrayData(type, 0, 0, 0, [none, offsets, none]),
            _ => new ArrayData(type, 0, 0, 0, [none, none]),
        };
    }
}
