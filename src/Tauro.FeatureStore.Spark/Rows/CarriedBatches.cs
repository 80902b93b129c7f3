using Apache.Arrow;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>Rows of objects that <see cref="CarriedSql"/> let pass, put together to Arrow batches of the columns' own types.</summary>
internal static class CarriedBatches
{
    /// <summary>The rows as batches, at least one.</summary>
    public static IEnumerable<RecordBatch> Of(IEnumerable<IReadOnlyList<object?>> rows, Schema schema, int rowsPerBatch = 1 << 16)
    {
        var columns = New(schema);
        var (count, any) = (0, false);
        foreach (var row in rows)
        {
            for (var i = 0; i < columns.Length; i++) columns[i].Append(row[i]);
            if (++count < rowsPerBatch) continue;
            yield return Build(columns, schema, count);
            columns = New(schema);
            (count, any) = (0, true);
        }

        if (count > 0 || !any) yield return Build(columns, schema, count);
    }

    private static CarriedColumn[] New(Schema schema) => [.. schema.FieldsList.Select(field => CarriedColumn.Of(field.DataType))];

    private static RecordBatch Build(CarriedColumn[] columns, Schema schema, int count) => new(schema, columns.Select(column => column.Build()), count);
}
