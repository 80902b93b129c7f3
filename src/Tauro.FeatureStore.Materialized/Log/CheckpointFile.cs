using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The classic checkpoint of the protocol: a Parquet file with a row for each action that is in force, each kind of action in a struct column of its own.</summary>
internal static class CheckpointFile
{
    private static readonly ParquetColumn[] Columns = MakeColumns();

    public static async Task<ReadOnlyMemory<byte>> WriteAsync(IEnumerable<DeltaAction> actions, CancellationToken cancellationToken)
    {
        using var rows = FeatureTable.FromRows(actions.Select(CheckpointRow.Of));
        using var stream = new MemoryStream();
        var writer = await ParquetFileWriter.CreateAsync(stream, Columns, cancellationToken).ConfigureAwait(false);
        await using var opened = writer.ConfigureAwait(false);
        foreach (var batch in rows.Batches) await writer.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        await writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
        return stream.ToArray();
    }

    /// <summary>The actions of a checkpoint, whoever wrote it.</summary>
    public static async Task<IReadOnlyList<DeltaAction>> ReadAsync(DeltaTable table, string name, byte[] content, CancellationToken cancellationToken)
    {
        try
        {
            var actions = new List<DeltaAction>();
            var reader = await ParquetFileReader.OpenAsync(new MemoryStream(content), cancellationToken).ConfigureAwait(false);
            await using var opened = reader.ConfigureAwait(false);
            for (var rowGroup = 0; rowGroup < reader.RowGroupCount; rowGroup++)
            {
                using var rows = await ReadAsync(reader, rowGroup, cancellationToken).ConfigureAwait(false);
                actions.AddRange(rows.ToRows<CheckpointRow>().Select(row => row.ToAction()).OfType<DeltaAction>());
            }

            return actions;
        }
        catch (Exception malformed) when (JsonFields.IsMalformed(malformed) || malformed is FeatureStoreException)
        {
            throw table.Damaged($"the checkpoint '{name}' cannot be read: {malformed.Message.TrimEnd('.')}. Restore that file of the log, or delete it if the log's first commits are there.", malformed);
        }
    }

    private static async Task<FeatureTable> ReadAsync(ParquetFileReader reader, int rowGroup, CancellationToken cancellationToken)
    {
        var arrays = new List<IArrowArray>(Columns.Length);
        foreach (var column in Columns) arrays.Add(await reader.ReadColumnAsync(rowGroup, column.Name, column.Type, cancellationToken).ConfigureAwait(false));
        var schema = new Schema(Columns.Select(column => ArrowTypes.ToField(column.Name, column.Type)), null);
        return FeatureTable.FromArrow(new RecordBatch(schema, arrays, arrays[0].Length));
    }

    private static ParquetColumn[] MakeColumns()
    {
        using var nothing = FeatureTable.FromRows<CheckpointRow>([]);
        return [.. nothing.ColumnNames.Select(name => new ParquetColumn(Camel(name), Camel(nothing.GetColumnType(name)), Nullable: true))];
    }

    private static DataType Camel(DataType type) =>
        type.Kind == DataTypeKind.Struct ? DataType.Struct([.. type.Members.Select(member => new StructMember(Camel(member.Name), Camel(member.Type)))]) : type;

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
