using System.Runtime.InteropServices;
using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The rows of a source that may answer for the entities of a spine: for each its entity, its times and its place. Columns, not objects.</summary>
internal sealed class Candidates
{
    /// <summary>The event time of a static row: before everything.</summary>
    public const long BeforeEverything = long.MinValue / 2;

    private readonly List<int> _entities = [];
    private readonly List<long> _eventTimes = [];
    private readonly List<long> _createdTimes = [];
    private readonly List<long> _sequences = [];
    private readonly List<long> _places = [];

    public int Count => _places.Count;

    public ReadOnlySpan<int> Entities => CollectionsMarshal.AsSpan(_entities);

    public ReadOnlySpan<long> EventTimes => CollectionsMarshal.AsSpan(_eventTimes);

    /// <summary>The created times, or none where <see cref="CollectAsync"/> was not asked for them.</summary>
    public ReadOnlySpan<long> CreatedTimes => CollectionsMarshal.AsSpan(_createdTimes);

    /// <summary>The write sequences, or none where the candidates come in the order of their writing.</summary>
    public ReadOnlySpan<long> Sequences => CollectionsMarshal.AsSpan(_sequences);

    public ReadOnlySpan<long> Places => CollectionsMarshal.AsSpan(_places);

    /// <summary>Collects the candidates of one chunk after another, which is the order of their writing unless a chunk mixes commits.</summary>
    public static async Task<Candidates> CollectAsync(RowSource source, AsOfRead read, EntityIndex? index, long latest, CancellationToken cancellationToken)
    {
        var candidates = new Candidates();
        var withCreated = read.Rows.CreatedTime is not null || read.Visibility.KnownAsOf;
        for (var chunk = 0; chunk < source.Chunks.Count; chunk++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var columns = await ChunkTimes.ReadAsync(source, chunk, read.Rows, withCreated, cancellationToken).ConfigureAwait(false);
            using var notNull = read.NotNull is null ? null : await source.ReadAsync(chunk, read.NotNull, cancellationToken).ConfigureAwait(false);
            var entities = new int[source.Chunks[chunk].Rows];
            if (index is not null)
            {
                using var keys = await ChunkKeys.ReadAsync(source, chunk, read.Keys, cancellationToken).ConfigureAwait(false);
                index.Find(keys.Columns, entities);
            }

            candidates.Add(chunk, entities, columns, notNull, latest, source.MixesCommits);
        }

        return candidates;
    }

    private void Add(int chunk, ReadOnlySpan<int> entities, ChunkTimes times, IArrowArray? notNull, long latest, bool withSequences)
    {
        var eventTimes = times.EventTimes;
        var createdTimes = times.CreatedTimes;
        for (var row = 0; row < entities.Length; row++)
        {
            if (entities[row] == EntityIndex.None || notNull?.IsNull(row) == true) continue;
            var eventTime = eventTimes.IsEmpty ? BeforeEverything : eventTimes[row];
            if (eventTime > latest) continue;
            _entities.Add(entities[row]);
            _eventTimes.Add(eventTime);
            if (times.HasCreatedTimes) _createdTimes.Add(createdTimes.IsEmpty ? times.ChunkCreatedTime : createdTimes[row]);
            if (withSequences) _sequences.Add(times.SequenceOf(row));
            _places.Add(new RowPlace(chunk, row).Value);
        }
    }
}
