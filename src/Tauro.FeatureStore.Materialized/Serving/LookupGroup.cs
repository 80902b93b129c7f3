using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The entities of one group with the rows that may answer for them.</summary>
internal sealed class LookupGroup(IReadOnlyList<EntityKey> names, IReadOnlyList<DataType> types, LatestRows rows, long? lookback)
{
    /// <summary>The row of an entity at a moment.</summary>
    public int Find(long key, long moment)
    {
        if (types is not [{ Kind: DataTypeKind.Int or DataTypeKind.BigInt }]) throw OtherKeys("a whole number");
        return rows.At(((WholeEntityIndex)rows.Index).Find(key), moment, lookback);
    }

    /// <summary>The row of an entity, by the UTF-8 bytes of its key, at a moment.</summary>
    public int Find(ReadOnlySpan<byte> key, long moment)
    {
        if (types is not [{ Kind: DataTypeKind.String }]) throw OtherKeys("a text");
        return rows.At(((TypedEntityIndex)rows.Index).Find(key), moment, lookback);
    }

    /// <summary>The rows of many entities.</summary>
    public int[] Find(FeatureTable table, RecordBatch entities, long moment)
    {
        var arrays = new IArrowArray[names.Count];
        try
        {
            for (var i = 0; i < arrays.Length; i++) arrays[i] = KeyOf(table, entities, i);
            return rows.Find(KeyColumns.Of(arrays, types), entities.Length, moment, lookback);
        }
        finally
        {
            foreach (var array in arrays) array?.Dispose();
        }
    }

    private IArrowArray KeyOf(FeatureTable table, RecordBatch entities, int key)
    {
        var name = names[key].Name;
        if (!table.HasColumn(name)) throw new SchemaValidationException($"The rows have no column '{name}', which is an entity key. They have: {string.Join(", ", table.ColumnNames)}.") { Column = name };
        var given = table.GetColumnType(name);
        if (KeyTypes.Common(given, types[key]) is null)
            throw new SchemaValidationException($"The column '{name}' is {given}, and the entity key is {types[key]}. Convert the column to {types[key]}.") { Column = name };
        return ArrowConvert.ToCanonical(entities.Column(table.PositionOf(name)), types[key]);
    }

    private SchemaValidationException OtherKeys(string given) => new(
        $"The entities of this lookup have the keys ({string.Join(", ", names.Select((key, i) => $"{key.Name} {types[i]}"))}), not {given}. Give them as a table.");
}
