namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Finds the answering row of an entity at a moment: the greatest in (event time, created time, write sequence) among its rows that are visible then, if that
/// one is not too old.
/// </summary>
/// <remarks>
/// Candidates are laid out entity by entity in ascending order of the moment from which they are visible, each beside the greatest row visible by then, so that
/// one binary search finds the answer. Without known-as-of, visibility grows with the order itself and the greatest row is the candidate. Only the greatest
/// can be young enough: if it is too old, all are.
/// </remarks>
internal sealed class AsOfMatcher
{
    private readonly int[] _starts;
    private readonly long[] _visibleFrom;
    private readonly long[] _eventTimes;
    private readonly long[] _places;
    private readonly long? _lookback;

    public AsOfMatcher(Candidates candidates, int entities, VisibilityRule visibility)
    {
        _lookback = visibility.Lookback;
        _starts = Starts(candidates.Entities, entities);
        _visibleFrom = new long[candidates.Count];
        _eventTimes = new long[candidates.Count];
        _places = new long[candidates.Count];

        var order = ByEntity(candidates.Entities, _starts);
        var ascending = new AscendingOrder(candidates);
        for (var entity = 0; entity < entities; entity++)
        {
            var (start, end) = (_starts[entity], _starts[entity + 1]);
            var rows = order.AsSpan(start, end - start);
            ascending.Sort(rows);
            LayOut(rows, start, candidates, visibility);
        }
    }

    /// <summary>The answering row of an entity at a moment, and its event time.</summary>
    public RowPlace Match(int entity, long moment, out long eventTime)
    {
        eventTime = 0;
        var start = _starts[entity];
        var found = UpperBound(_visibleFrom.AsSpan(start, _starts[entity + 1] - start), moment) - 1;
        if (found < 0) return RowPlace.None;
        eventTime = _eventTimes[start + found];
        return _lookback is { } lookback && eventTime < moment - lookback ? RowPlace.None : new RowPlace(_places[start + found]);
    }

    private void LayOut(ReadOnlySpan<int> rows, int start, Candidates candidates, VisibilityRule visibility)
    {
        var shift = visibility.Delay + (visibility.AllowExactMatches ? 0 : 1);
        for (var i = 0; i < rows.Length; i++)
        {
            _eventTimes[start + i] = candidates.EventTimes[rows[i]];
            _places[start + i] = candidates.Places[rows[i]];
            _visibleFrom[start + i] = _eventTimes[start + i] + shift;
        }

        if (visibility.KnownAsOf && rows.Length > 0) LayOutAsKnown(rows, start, candidates.CreatedTimes);
    }

    private void LayOutAsKnown(ReadOnlySpan<int> rows, int start, ReadOnlySpan<long> createdTimes)
    {
        var visibleFrom = _visibleFrom.AsSpan(start, rows.Length);
        var eventTimes = _eventTimes.AsSpan(start, rows.Length);
        var places = _places.AsSpan(start, rows.Length);
        for (var i = 0; i < rows.Length; i++) visibleFrom[i] = Math.Max(visibleFrom[i], createdTimes[rows[i]]);

        var ranks = new int[rows.Length];
        for (var i = 0; i < ranks.Length; i++) ranks[i] = i;
        visibleFrom.Sort(ranks.AsSpan());
        var (ascendingEventTimes, ascendingPlaces) = (eventTimes.ToArray(), places.ToArray());
        var greatest = 0;
        for (var i = 0; i < ranks.Length; i++)
        {
            greatest = Math.Max(greatest, ranks[i]);
            (eventTimes[i], places[i]) = (ascendingEventTimes[greatest], ascendingPlaces[greatest]);
        }
    }

    /// <summary>How many values are at most the moment; the values ascend.</summary>
    private static int UpperBound(ReadOnlySpan<long> values, long moment)
    {
        var (low, high) = (0, values.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (values[middle] <= moment) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private static int[] Starts(ReadOnlySpan<int> entities, int count)
    {
        var starts = new int[count + 1];
        foreach (var entity in entities) starts[entity + 1]++;
        for (var i = 0; i < count; i++) starts[i + 1] += starts[i];
        return starts;
    }

    private static int[] ByEntity(ReadOnlySpan<int> entities, int[] starts)
    {
        var next = starts.AsSpan().ToArray();
        var order = new int[entities.Length];
        for (var i = 0; i < entities.Length; i++) order[next[entities[i]]++] = i;
        return order;
    }

    /// <summary>Brings the candidates of one entity, which mostly come in the order of their writing, into ascending order. Most often they are.</summary>
    private sealed class AscendingOrder(Candidates candidates) : IComparer<int>
    {
        public void Sort(Span<int> rows)
        {
            for (var i = 1; i < rows.Length; i++)
            {
                if (Compare(rows[i - 1], rows[i]) < 0) continue;
                rows.Sort(this);
                return;
            }
        }

        public int Compare(int left, int right)
        {
            var order = candidates.EventTimes[left].CompareTo(candidates.EventTimes[right]);
            if (order == 0 && !candidates.CreatedTimes.IsEmpty) order = candidates.CreatedTimes[left].CompareTo(candidates.CreatedTimes[right]);
            if (order == 0 && !candidates.Sequences.IsEmpty) order = candidates.Sequences[left].CompareTo(candidates.Sequences[right]);
            return order != 0 ? order : left.CompareTo(right);
        }
    }
}
