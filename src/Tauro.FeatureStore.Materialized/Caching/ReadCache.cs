using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Apache.Arrow;
using Microsoft.Extensions.Caching.Memory;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Decoded columns of row groups, and the latest values of tables, of bounded size in all. A data file never changes, so what is kept under its path is never
/// stale: which files count, each read learns from the table's log.
/// </summary>
internal sealed class ReadCache : IDisposable
{
    /// <summary>What an entry takes beside its values, about.</summary>
    private const int EntryOverhead = 512;

    private const long BytesPerMegabyte = 1 << 20;

    /// <summary>How long before now a moment still counts as now.</summary>
    private const long AboutNow = 60_000_000;

    private readonly TimeProvider _clock;
    private readonly MemoryCache _entries;
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Makes a cache.</summary>
    /// <param name="megabytes">What all that is in it takes at most.</param>
    /// <param name="clock">The clock, which says what is latest.</param>
    public ReadCache(int megabytes, TimeProvider clock)
    {
        _clock = clock;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(megabytes);
        _entries = new MemoryCache(new MemoryCacheOptions { SizeLimit = megabytes * BytesPerMegabyte });
    }

    /// <summary>A column that was put here; null where it was not, or had to go. The caller disposes it.</summary>
    public IArrowArray? Find(ColumnPlace place, RowRange range) =>
        _entries.TryGetValue(place, out IArrowArray? column) ? ArrowArrayFactory.SliceShared(column!, range.From, range.Count) : null;

    /// <summary>Whether a column is here.</summary>
    public bool Holds(ColumnPlace place) => _entries.TryGetValue(place, out _);

    /// <summary>Keeps a whole column, if there is room. It is the cache's from now on, and left to the garbage collector: readers may still have parts of it.</summary>
    public void Keep(ColumnPlace place, IArrowArray column) => Keep(place, column, ArrowMemory.SizeOf(column.Data));

    /// <summary>Under what the latest values are kept that answer a read; null where they cannot: where it is about the past, or about what was known then.</summary>
    public LatestPlace? PlaceOf(AsOfRead read, long moment) => moment < UtcTime.Now(_clock) - AboutNow ? null : LatestPlace.Of(read);

    /// <summary>
    /// The latest values of a place, if they are here and answer at a moment. They are found once the searches for answers at one moment have gone through as many rows
    /// as that takes, so that finding them costs no more than was spent without them.
    /// </summary>
    /// <param name="place">The place.</param>
    /// <param name="read">The read of it.</param>
    /// <param name="moment">The moment.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<LatestValues?> FindAsync(LatestPlace place, AsOfRead read, long moment, CancellationToken cancellationToken)
    {
        if (Find(place) is { } known) return moment >= known.Rows.Moment ? known : null;
        if (!_entries.TryGetValue(new SearchesOf(place), out StrongBox<long>? searched) || searched!.Value < place.RowCount) return null;
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Find(place) is { } found) return moment >= found.Rows.Moment ? found : null;

            // Where there is no room for them, they are found again only after as much searching.
            searched.Value = 0;
            var values = await LatestValues.FindAsync(read, Math.Min(UtcTime.Now(_clock), moment), this, cancellationToken).ConfigureAwait(false);
            Keep(place, values, values.Size);
            return values;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Notes that an answer at one moment was searched for among so many rows.</summary>
    public void NoteSearch(LatestPlace place, long rows)
    {
        var searches = new SearchesOf(place);
        if (_entries.TryGetValue(searches, out StrongBox<long>? searched)) Interlocked.Add(ref searched!.Value, rows);
        else Keep(searches, new StrongBox<long>(rows), 0);
    }

    public void Dispose()
    {
        _entries.Dispose();
        _turn.Dispose();
    }

    private LatestValues? Find(LatestPlace place) => _entries.TryGetValue(place, out LatestValues? values) ? values : null;

    private void Keep(object place, object value, long size)
    {
        using var entry = _entries.CreateEntry(place);
        entry.Value = value;
        entry.Size = size + EntryOverhead;
    }

    /// <summary>Under what the rows are counted that were searched for answers of a place.</summary>
    private sealed record SearchesOf(LatestPlace Place);
}

/// <summary>One column of one row group of one file, read as a type.</summary>
/// <param name="File">The file's path.</param>
/// <param name="RowGroup">The row group.</param>
/// <param name="Column">The column and its type.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ColumnPlace(string File, int RowGroup, PlanColumn Column);
