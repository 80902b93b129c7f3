using System.Text;
using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>What a lookup answers from: one state of its tables. Immutable.</summary>
/// <param name="Versions">The version of each group's table; null for one that was never written.</param>
/// <param name="Groups">The groups.</param>
/// <param name="Columns">The features, in the order in which they were asked for.</param>
/// <param name="Moment">The moment that it was read for; what became invisible before is not in it.</param>
internal sealed record LookupState(IReadOnlyList<long?> Versions, IReadOnlyList<LookupGroup> Groups, IReadOnlyList<LookupColumn> Columns, long Moment)
{
    private const int LongestOnStack = 256;

    public LookupRow Find(long key, long moment)
    {
        moment = Math.Max(moment, Moment);
        if (Groups is [var only]) return new LookupRow(this, only.Find(key, moment));
        var rows = new int[Groups.Count];
        for (var i = 0; i < rows.Length; i++) rows[i] = Groups[i].Find(key, moment);
        return new LookupRow(this, rows);
    }

    public LookupRow Find(string key, long moment)
    {
        moment = Math.Max(moment, Moment);
        var size = Encoding.UTF8.GetMaxByteCount(key.Length);
        Span<byte> bytes = size <= LongestOnStack ? stackalloc byte[LongestOnStack] : new byte[size];
        bytes = bytes[..Encoding.UTF8.GetBytes(key, bytes)];
        if (Groups is [var only]) return new LookupRow(this, only.Find(bytes, moment));
        var rows = new int[Groups.Count];
        for (var i = 0; i < rows.Length; i++) rows[i] = Groups[i].Find(bytes, moment);
        return new LookupRow(this, rows);
    }

    public FeatureTable Find(FeatureTable entities, long moment)
    {
        moment = Math.Max(moment, Moment);
        var schema = new Schema([.. entities.Schema.FieldsList, .. Columns.Select(column => ArrowTypes.ToField(column.Name, column.Type))], null);
        var batches = new List<RecordBatch>(entities.Batches.Count);
        foreach (var batch in entities.Batches)
        {
            int[][] rows = [.. Groups.Select(group => group.Find(entities, batch, moment))];
            using var given = batch.SliceShared(0, batch.Length);
            batches.Add(new RecordBatch(
                schema,
                [
                    .. Enumerable.Range(0, given.ColumnCount).Select(i => ArrowArrayFactory.SliceShared(given.Column(i), 0, given.Length)),
                    .. Columns.Select(column => ArrowTake.Take(column.Values, rows[column.Group])),
                ],
                batch.Length));
        }

        return FeatureTable.FromArrow(schema, batches);
    }

    public int PlaceOf(string feature)
    {
        for (var i = 0; i < Columns.Count; i++)
            if (Columns[i].Name.Equals(feature, StringComparison.OrdinalIgnoreCase)) return i;
        throw new FeatureNotFoundException($"The lookup has no feature '{feature}'. It has: {string.Join(", ", Columns.Select(column => column.Name))}.") { Feature = feature };
    }
}
