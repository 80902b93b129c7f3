using System.Runtime.CompilerServices;
using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// The incoming rows of a merge, however many. What is more than may be in memory at once is put aside in scratch files, by the hash of key and event time; so all rows
/// of one key and time come together again, in the order of their coming, and the merge is done part by part.
/// </summary>
internal sealed class MergeParts(IFileStorage storage, string folder, FeatureGroupSchema schema, IReadOnlyList<StoredColumn> columns) : IDisposable
{
    /// <summary>As many files are open at once. A part is one or several of them, as many as fit into memory.</summary>
    private const int Partitions = 1 << PartitionBits;

    private const int PartitionBits = 6;

    private readonly List<RecordBatch> _batches = [];
    private readonly ScratchFile?[] _scratch = new ScratchFile?[Partitions];
    private long _rows;
    private MergeRows? _part;
    private long _bytes;

    /// <summary>How many rows may be in memory at once.</summary>
    public int RowsAtOnce { get; init; } = SortedFileWriter.RowsInMemory;

    /// <summary>Whether there were more rows than that.</summary>
    public bool IsSpilled { get; private set; }

    /// <summary>Takes rows over.</summary>
    public async Task AddAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        _batches.Add(batch);
        _rows += batch.Length;
        _bytes += ArrowMemory.SizeOfRows(batch);
        if (_rows > RowsAtOnce || _bytes > SortedFileWriter.BytesAtOnce) await SpillAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All rows in parts of which no two have a row of the same key and event time. Each lives until the next is asked for, the last as long as this.</summary>
    public async IAsyncEnumerable<MergeRows> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!IsSpilled)
        {
            yield return _part = MergeBatches();
            yield break;
        }

        await SpillAsync(cancellationToken).ConfigureAwait(false);
        for (var (partition, next) = (0, 0); partition < Partitions; partition = next)
        {
            next = EndOfPart(partition);
            _part?.Dispose();
            for (var i = partition; i < next; i++) await TakeBackAsync(i, cancellationToken).ConfigureAwait(false);
            if (_batches.Count > 0) yield return _part = MergeBatches();
        }
    }

    public void Dispose()
    {
        Clear();
        _part?.Dispose();
        foreach (var scratch in _scratch) scratch?.Dispose();
    }

    /// <summary>Puts the rows in memory aside, of one key and event time only the last: a key that comes again and again takes no more room than another.</summary>
    private async Task SpillAsync(CancellationToken cancellationToken)
    {
        IsSpilled = true;
        if (_batches.Count == 0) return;
        using var merge = MergeBatches();
        var rows = merge.Rows;
        var (places, starts) = Divide(merge.Keys, rows.Length);
        for (var partition = 0; partition < Partitions; partition++)
        {
            if (starts[partition] == starts[partition + 1]) continue;
            using var own = ArrowTake.Take(rows, places.AsSpan(starts[partition]..starts[partition + 1]));
            var scratch = _scratch[partition] ??= ScratchFile.Create(storage, folder, rows.Schema);
            await scratch.AddAsync(own, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The places of the rows by partition, in order, and where each partition begins.</summary>
    private static (int[] Places, int[] Starts) Divide(KeyColumns keys, int rows)
    {
        var partitions = new byte[rows];
        var starts = new int[Partitions + 1];
        for (var row = 0; row < rows; row++)
        {
            partitions[row] = PartitionOf(keys.Hash(row));
            starts[partitions[row] + 1]++;
        }

        for (var partition = 0; partition < Partitions; partition++) starts[partition + 1] += starts[partition];
        var next = starts.AsSpan(0, Partitions).ToArray();
        var places = new int[rows];
        for (var row = 0; row < rows; row++) places[next[partitions[row]]++] = row;
        return (places, starts);
    }

    /// <summary>The highest bits, since the index of a part looks at the lowest.</summary>
    private static byte PartitionOf(int hash) => (byte)((uint)hash >> (32 - PartitionBits));

    /// <summary>The end of the partitions that fit into memory together; it is one at least.</summary>
    private int EndOfPart(int partition)
    {
        var (rows, bytes) = (0L, 0L);
        var end = partition;
        do
        {
            rows += _scratch[end]?.Rows ?? 0;
            bytes += _scratch[end]?.Bytes ?? 0;
            end++;
        }
        while (end < Partitions && rows + (_scratch[end]?.Rows ?? 0) <= RowsAtOnce && bytes + (_scratch[end]?.Bytes ?? 0) <= SortedFileWriter.BytesAtOnce);
        return end;
    }

    private async Task TakeBackAsync(int partition, CancellationToken cancellationToken)
    {
        if (_scratch[partition] is not { } scratch) return;
        await foreach (var batch in scratch.ReadAsync(cancellationToken).ConfigureAwait(false)) _batches.Add(batch);
        _scratch[partition] = null;
        scratch.Dispose();
    }

    private MergeRows MergeBatches()
    {
        try
        {
            return MergeRows.Of(_batches, schema, columns);
        }
        finally
        {
            Clear();
        }
    }

    private void Clear()
    {
        foreach (var batch in _batches) batch.Dispose();
        _batches.Clear();
        (_rows, _bytes) = (0, 0);
    }
}
