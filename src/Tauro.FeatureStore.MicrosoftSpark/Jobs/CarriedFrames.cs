using System.Globalization;
using Apache.Arrow;
using Microsoft.Spark.Interop.Ipc;
using Microsoft.Spark.Sql;
using Microsoft.Spark.Sql.Types;
using Tauro.FeatureStore.Engines.Spark;
using SparkSession = Microsoft.Spark.Sql.SparkSession;

namespace Tauro.FeatureStore.Engines.MicrosoftSpark;

/// <summary>
/// Rows out of data frames and into them. The library hands rows over as pickled objects, which loses some values, so columns are selected in a form that passes whole.
/// </summary>
internal static class CarriedFrames
{
    /// <summary>The column that is true in the last row alone.</summary>
    private const string End = "is_end";

    /// <summary>The columns of a data frame. The library's own schema knows fewer types than Spark has.</summary>
    public static Schema SchemaOf(DataFrame frame) => SparkSchemaJson.Read((string)((JvmObjectReference)frame.Reference.Invoke("schema")).Invoke("json"));

    /// <summary>The rows of a query, asked for when the first is read; they come in batches, at least one. A command runs at once.</summary>
    /// <param name="session">The session.</param>
    /// <param name="sql">The query.</param>
    /// <param name="isLarge">Whether rows may be more than the driver holds; then it asks for them part by part.</param>
    public static IEnumerable<RecordBatch> Read(SparkSession session, string sql, bool isLarge)
    {
        var frame = session.Sql(sql);
        var schema = SchemaOf(frame);
        // What commands such as CREATE VIEW answer.
        if (schema.FieldsList.Count == 0) return [new RecordBatch(schema, (IEnumerable<IArrowArray>)[], 0)];
        string[] names = [.. schema.FieldsList.Select((_, i) => Name(i))];
        var carried = frame.ToDF(names).SelectExpr([.. schema.FieldsList.Select((field, i) => $"{CarriedSql.Carry(Name(i), field.DataType)} AS {Name(i)}"), $"false AS {End}"]);
        var withEnd = carried.Union(session.Sql($"SELECT {string.Concat(names.Select(name => $"null AS {name}, "))}true AS {End}"));
        var rows = isLarge ? withEnd.ToLocalIterator(prefetchPartitions: true) : withEnd.Collect();
        return CarriedBatches.Of(UntilEnd(rows.Select(row => row.Values)), schema);
    }

    /// <summary>
    /// The rows before the last, which says that they are all. The library takes a connection that ends for the end of the rows: when the driver dies, and when it
    /// cannot hand over a row, what it read until then would be the answer.
    /// </summary>
    public static IEnumerable<IReadOnlyList<object?>> UntilEnd(IEnumerable<IReadOnlyList<object?>> rows)
    {
        var isEnd = false;
        foreach (var row in rows)
        {
            isEnd = row[^1] is true;
            if (!isEnd) yield return row;
        }

        if (!isEnd) throw JvmFailure.CutShort(cause: null);
    }

    /// <summary>A data frame of a batch's rows.</summary>
    public static DataFrame Write(SparkSession session, Schema schema, RecordBatch batch)
    {
        Tauro.FeatureStore.DataType[] types = [.. schema.FieldsList.Select(field => ArrowTypes.FromArrow(field.DataType)!)];
        var carried = new StructType(types.Select((type, i) => new StructField(Name(i), TypeOf(type))));
        var frame = session.CreateDataFrame(CarriedRows.Of(batch, types).Select(values => new GenericRow(values)).ToList(), carried);
        return frame.SelectExpr([.. types.Select((type, i) => $"{CarriedSql.Restore(Name(i), type)} AS {SparkDialect.Instance.Identifier(schema.GetFieldByIndex(i).Name)}")]);
    }

    private static Microsoft.Spark.Sql.Types.DataType TypeOf(Tauro.FeatureStore.DataType type) => type.Kind switch
    {
        DataTypeKind.Int or DataTypeKind.Date => new IntegerType(),
        DataTypeKind.BigInt or DataTypeKind.Timestamp => new LongType(),
        DataTypeKind.Float or DataTypeKind.Double => new DoubleType(),
        DataTypeKind.Boolean => new BooleanType(),
        _ => new StringType(),
    };

    private static string Name(int place) => string.Create(CultureInfo.InvariantCulture, $"c{place}");
}
