using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>An engine that writes a table of the test's to a file, whatever rules the group has.</summary>
internal sealed class FileEngine(FeatureTable rows) : IPlanFileWriter
{
    /// <summary>The rows that it says it wrote; null for as many as there are.</summary>
    public long? Claimed { get; init; }

    public string Name => "engine";

    public bool CanWrite(RangePlan plan, PlanFileTarget target) => true;

    public async Task<IReadOnlyList<PlanFile>> WriteAsync(RangePlan plan, PlanFileTarget target, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(target.Folder);
        await using var output = File.Create(Path.Combine(target.Folder, "part-0.parquet"));
        ParquetColumn[] columns = [.. rows.ColumnNames.Select(name => new ParquetColumn(name, rows.GetColumnType(name), Nullable: true))];
        await using var writer = await ParquetFileWriter.CreateAsync(output, columns, cancellationToken);
        var schema = new Schema([.. columns.Select(column => ArrowTypes.ToField(column.Name, column.Type))], null);
        foreach (var batch in rows.Batches)
            await writer.WriteAsync(new RecordBatch(schema, Enumerable.Range(0, columns.Length).Select(batch.Column), batch.Length), cancellationToken);
        await writer.CompleteAsync(cancellationToken);
        return [new PlanFile("part-0.parquet", Claimed ?? rows.RowCount)];
    }

    /// <summary>Lets the engine write a range of hours to the table of users.</summary>
    public async Task<WriteResult?> BackfillAsync(MaterializedFeatureStore store, int fromHour, int toHour, string? transactionId = null)
    {
        var time = new PlanColumn("event_time", DataType.Timestamp);
        var plan = new RangePlan
        {
            Rows = new SourceRows(new TableSource(rows), time, null),
            Keys = [new PlanColumn("user_id", DataType.BigInt)],
            Outputs = [new PlanOutput(new PlanColumn("user_id", DataType.BigInt), "user_id"), new PlanOutput(time, "event_time"), new PlanOutput(new PlanColumn("age", DataType.Int), "age")],
            From = UtcTime.FromDateTimeOffset(StoreFolder.At(fromHour)),
            To = UtcTime.FromDateTimeOffset(StoreFolder.At(toHour)),
        };
        var options = WriteOptions.Backfill(StoreFolder.At(fromHour), StoreFolder.At(toHour)) with { TransactionId = transactionId };
        return await store.WriteFilesAsync("users", plan, this, options, TestContext.Current.CancellationToken);
    }
}
