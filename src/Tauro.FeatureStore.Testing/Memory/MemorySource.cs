using Apache.Arrow;

namespace Tauro.FeatureStore.Testing.Memory;

/// <summary>A snapshot as requests read it.</summary>
internal static class MemorySource
{
    public static GroupSnapshot Of(FeatureGroupSchema schema, MemorySnapshot? snapshot)
    {
        var keyTypes = snapshot?.KeyTypes ?? new Dictionary<string, DataType>();
        var source = new TableSource(TableOf(schema, snapshot));
        var part = new FeatureSource(source, [.. schema.Features.Select(feature => feature.Name)], schema.IsStatic ? SourceKind.Static : SourceKind.Timed, keyTypes)
        {
            TimestampColumn = schema.TimestampKey,
            CreatedColumn = schema.CreatedTimestampKey ?? MemorySnapshot.CommitTimeColumn,
        };
        return new GroupSnapshot(source, keyTypes) { Parts = [part] };
    }

    private static FeatureTable TableOf(FeatureGroupSchema schema, MemorySnapshot? snapshot)
    {
        if (snapshot is null) return FeatureTable.FromArrow(new Schema([], null), []);
        var columns = StoredColumn.All(schema, snapshot.KeyTypes);
        var fields = columns.Select(column => ArrowTypes.ToField(column.Name, column.Type)).Append(ArrowTypes.ToField(MemorySnapshot.CommitTimeColumn, DataType.Timestamp));
        return FeatureTable.FromArrow(new RecordBatch(new Schema(fields, null), [.. columns.Select(snapshot.Column), snapshot.CommitTimes], snapshot.Rows.Length));
    }
}
