using System.Collections;
using System.Collections.Concurrent;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Which rows of stored files the parts of a merge replace, a bit for each, so that a file is written anew once, however many parts have rows of it.</summary>
internal sealed class ReplacedRows(IFileStorage storage, string folder)
{
    private readonly ConcurrentDictionary<DeltaFile, BitArray?[]> _rows = [];

    /// <summary>The files of which rows go, in the order of their writing.</summary>
    public IReadOnlyList<DeltaFile> Files => [.. _rows.Keys.OrderBy(file => file.FirstSequence)];

    /// <summary>Looks for the rows that a part replaces.</summary>
    public Task FindAsync(MergeRows merge, IEnumerable<DeltaFile> candidates, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(candidates, options, async (candidate, token) =>
        {
            var file = await StoredFileReader.OpenAsync(storage, folder, candidate, token).ConfigureAwait(false);
            await using var opened = file.ConfigureAwait(false);
            for (var rowGroup = 0; rowGroup < file.RowGroupCount; rowGroup++)
            {
                var replaced = await merge.FindReplacedAsync(file, rowGroup, token).ConfigureAwait(false);
                if (replaced.Length == 0) continue;
                var bits = _rows.GetOrAdd(candidate, _ => new BitArray?[file.RowGroupCount])[rowGroup] ??= new BitArray(file.RowsIn(rowGroup));
                foreach (var row in replaced) bits[row] = true;
            }
        });
    }

    /// <summary>The rows of a file that stay.</summary>
    public Task<int[]?[]> ChooseAsync(StoredFileReader file, CancellationToken cancellationToken) => Task.FromResult<int[]?[]>(
        [.. _rows[file.File].Select(bits => bits is null ? null : Enumerable.Range(0, bits.Length).Where(row => !bits[row]).ToArray())]);
}
