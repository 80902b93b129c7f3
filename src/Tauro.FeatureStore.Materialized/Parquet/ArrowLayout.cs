using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Checks that a batch has the Arrow types that its columns call for, before their buffers are read as if they had.</summary>
internal static class ArrowLayout
{
    public static void Check(ParquetColumn column, RecordBatch batch, int index)
    {
        if (index >= batch.ColumnCount)
            throw new FeatureMaterializationException($"Column '{column.Name}' is missing: the batch has {batch.ColumnCount} columns.");
        var found = batch.Column(index).Data.DataType;
        if (!Matches(ArrowTypes.ToArrow(column.Type), found))
            throw new FeatureMaterializationException($"Column '{column.Name}' ({column.Type}) cannot be written from an Arrow array of type {found.Name}.");
    }

    private static bool Matches(IArrowType expected, IArrowType found)
    {
        if (expected.TypeId != found.TypeId) return false;
        return (expected, found) switch
        {
            (Decimal128Type one, Decimal128Type other) => one.Precision == other.Precision && one.Scale == other.Scale,
            (TimestampType one, TimestampType other) => one.Unit == other.Unit,
            (NestedType one, NestedType other) => one.Fields.Count == other.Fields.Count
                && one.Fields.Zip(other.Fields).All(pair => Matches(pair.First.DataType, pair.Second.DataType)),
            _ => true,
        };
    }
}
