using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The keys of some rows of one chunk, in the types in which they are compared.</summary>
internal sealed class ChunkKeys : IDisposable
{
    private readonly IArrowArray[] _arrays;

    private ChunkKeys(IArrowArray[] arrays, IReadOnlyList<DataType> types) => (_arrays, Columns) = (arrays, KeyColumns.Of(arrays, types));

    public KeyColumns Columns { get; }

    public static Task<ChunkKeys> ReadAsync(RowSource source, int chunk, RowRange range, IReadOnlyList<KeyMatch> keys, CancellationToken cancellationToken) =>
        ReadAsync(source, chunk, range, [.. keys.Select(key => key.SourceColumn)], [.. keys.Select(key => key.Type)], cancellationToken);

    public static async Task<ChunkKeys> ReadAsync(
        RowSource source, int chunk, RowRange range, IReadOnlyList<PlanColumn> columns, IReadOnlyList<DataType> types, CancellationToken cancellationToken)
    {
        var arrays = new IArrowArray[columns.Count];
        for (var i = 0; i < arrays.Length; i++)
        {
            arrays[i] = await source.ReadAsync(chunk, columns[i], range, cancellationToken).ConfigureAwait(false);
            if (columns[i].Type == types[i]) continue;
            using var stored = arrays[i];
            arrays[i] = ArrowConvert.ToCanonical(stored, types[i]);
        }

        return new ChunkKeys(arrays, types);
    }

    public void Dispose()
    {
        foreach (var array in _arrays) array.Dispose();
    }
}
