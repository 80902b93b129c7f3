using Apache.Arrow;

namespace Tauro.FeatureStore.Testing.Memory;

/// <summary>One version of a table: all its rows in the order of their writing, each with its created time.</summary>
/// <param name="Version">The version.</param>
/// <param name="CreatedTime">When it was committed, in UTC microseconds.</param>
/// <param name="KeyTypes">The types of the key columns.</param>
/// <param name="Rows">The stored columns and the created time.</param>
internal sealed record MemorySnapshot(long Version, long CreatedTime, IReadOnlyDictionary<string, DataType> KeyTypes, RecordBatch Rows)
{
    /// <summary>The column with the commit's time, beside those of the group.</summary>
    public const string CommitTimeColumn = "__created_time";

    /// <summary>A column; nulls where the rows were written before it was added.</summary>
    public IArrowArray Column(StoredColumn column) =>
        Rows.Schema.GetFieldIndex(column.Name) is >= 0 and var place ? Rows.Column(place) : ArrowMemory.Nulls(ArrowTypes.ToArrow(column.Type), Rows.Length);

    public IArrowArray CommitTimes => Rows.Column(Rows.ColumnCount - 1);
}
