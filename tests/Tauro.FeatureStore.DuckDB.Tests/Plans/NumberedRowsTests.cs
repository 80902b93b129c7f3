using Apache.Arrow;
using Tauro.FeatureStore.Engines;

namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>Tables as streams whose rows are numbered.</summary>
public sealed class NumberedRowsTests
{
    [Fact]
    public async Task Numbers_go_on_from_batch_to_batch()
    {
        var schema = new Schema([], null);
        using var table = FeatureTable.FromArrow(schema, [new RecordBatch(schema, [], 2), new RecordBatch(schema, [], 3)]);
        using var rows = new NumberedRows(table, "row");
        var numbers = new List<int?>();
        while (await rows.ReadNextRecordBatchAsync(TestContext.Current.CancellationToken) is { } batch)
            using (batch) numbers.AddRange((Int32Array)batch.Column("row"));
        Assert.Equal([0, 1, 2, 3, 4], numbers);
    }

    [Fact]
    public void A_table_of_more_rows_than_have_numbers_is_refused()
    {
        var schema = new Schema([], null);
        using var table = FeatureTable.FromArrow(schema, [new RecordBatch(schema, [], int.MaxValue), new RecordBatch(schema, [], 1)]);
        var error = Assert.Throws<DuckDBEngineException>(() => new NumberedRows(table, "row"));
        Assert.Contains("at most 2147483647 rows from memory, and this one has 2147483648", error.Message, StringComparison.Ordinal);
    }
}
