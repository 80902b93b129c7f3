using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>The entities of several groups, each once, ordered by key.</summary>
internal static class EntityUnion
{
    public static FeatureTable Of(IReadOnlyList<string> names, IReadOnlyList<DataType> types, IReadOnlyList<RecordBatch> batches)
    {
        var arrays = new IArrowArray[names.Count];
        for (var i = 0; i < arrays.Length; i++)
        {
            IArrowArray[] chunks = [.. batches.Select(batch => ArrowConvert.ToCanonical(batch.Column(i), types[i]))];
            arrays[i] = ArrowTake.Concatenate(chunks, ArrowTypes.ToArrow(types[i]));
            foreach (var chunk in chunks) chunk.Dispose();
        }

        var keys = KeyColumns.Of(arrays, types);
        var places = Distinct(keys, arrays[0].Length);
        var schema = new Schema(names.Select((name, i) => ArrowTypes.ToField(name, types[i], nullable: false)), null);
        var taken = arrays.Select(array => ArrowTake.Take(array, places)).ToList();
        foreach (var array in arrays) array.Dispose();
        return FeatureTable.FromArrow(schema, [new RecordBatch(schema, taken, places.Length)]);
    }

    private static int[] Distinct(KeyColumns keys, int count)
    {
        var places = new int[count];
        for (var i = 0; i < count; i++) places[i] = i;
        System.Array.Sort(places, keys);
        var kept = 0;
        for (var i = 0; i < count; i++)
            if (kept == 0 || keys.Compare(places[kept - 1], places[i]) != 0) places[kept++] = places[i];
        return places[..kept];
    }
}
