namespace Tauro.FeatureStore;

/// <summary>
/// For each slot of a spine the greatest row in order, (event time, created time, write sequence), among those that become visible there: after the slot
/// before it and not after this one. Whatever comes when, the greatest of all rows visible at a slot is then the greatest of its own and of the slots before.
/// </summary>
internal sealed class SlotAnswers
{
    private readonly RowPlace[] _places;
    private readonly long[] _eventTimes;
    private readonly long[]? _createdTimes;
    private readonly long[]? _sequences;

    /// <summary>Prepares for rows.</summary>
    /// <param name="slots">The number of slots.</param>
    /// <param name="withCreated">Whether created times order rows otherwise than the write sequence does.</param>
    /// <param name="withSequences">Whether the write sequence orders rows otherwise than their places do.</param>
    public SlotAnswers(int slots, bool withCreated, bool withSequences)
    {
        _places = new RowPlace[slots];
        _places.AsSpan().Fill(RowPlace.None);
        _eventTimes = new long[slots];
        _createdTimes = withCreated ? new long[slots] : null;
        _sequences = withSequences ? new long[slots] : null;
    }

    /// <summary>The answering row of each slot.</summary>
    public ReadOnlySpan<RowPlace> Places => _places;

    /// <summary>The same, for one who moves the rows to other places. An order among rows that only their places tell apart must stay.</summary>
    public Span<RowPlace> MovablePlaces => _places;

    /// <summary>The event time of each slot's answering row.</summary>
    public ReadOnlySpan<long> EventTimes => _eventTimes;

    /// <summary>Lets a row answer for a slot where it is greater than the one that does.</summary>
    public void Offer(int slot, long eventTime, long createdTime, long sequence, RowPlace place)
    {
        if (IsGreater(slot, eventTime, createdTime, sequence, place)) Set(slot, eventTime, createdTime, sequence, place);
    }

    /// <summary>Lets the rows that became visible at earlier slots of an entity answer for its later ones.</summary>
    public void Accumulate(int start, int end)
    {
        for (var slot = start + 1; slot < end; slot++)
        {
            var before = slot - 1;
            if (_places[before].IsNone) continue;
            var createdTime = _createdTimes is null ? 0 : _createdTimes[before];
            var sequence = _sequences is null ? 0 : _sequences[before];
            if (IsGreater(slot, _eventTimes[before], createdTime, sequence, _places[before])) Set(slot, _eventTimes[before], createdTime, sequence, _places[before]);
        }
    }

    /// <summary>Takes back the answers that are older than the moment of their slot allows.</summary>
    public void RemoveOlder(int start, int end, ReadOnlySpan<long> moments, long lookback)
    {
        for (var slot = start; slot < end; slot++)
            if (_eventTimes[slot] < moments[slot] - lookback) _places[slot] = RowPlace.None;
    }

    /// <summary>The one place that knows the order of rows.</summary>
    private bool IsGreater(int slot, long eventTime, long createdTime, long sequence, RowPlace place)
    {
        if (_places[slot].IsNone) return true;
        if (eventTime != _eventTimes[slot]) return eventTime > _eventTimes[slot];
        if (_createdTimes is not null && createdTime != _createdTimes[slot]) return createdTime > _createdTimes[slot];
        if (_sequences is not null && sequence != _sequences[slot]) return sequence > _sequences[slot];
        return place.Value > _places[slot].Value;
    }

    private void Set(int slot, long eventTime, long createdTime, long sequence, RowPlace place)
    {
        (_places[slot], _eventTimes[slot]) = (place, eventTime);
        if (_createdTimes is not null) _createdTimes[slot] = createdTime;
        if (_sequences is not null) _sequences[slot] = sequence;
    }
}
