using System.Text;

namespace Tauro.FeatureStore.Specification;

/// <summary>
/// What every answer must be, as plain loops over plain rows: slow, and written from the contract alone. It shares no code with the library, neither its
/// comparisons nor its types.
/// </summary>
public static class PointInTimeOracle
{
    /// <summary>The row that answers for an entity at a moment, or null where none does.</summary>
    /// <param name="rows">The group's rows in the order of their writing.</param>
    /// <param name="key">The entity; a null in it matches nothing.</param>
    /// <param name="moment">Microseconds since 1970; null matches nothing.</param>
    /// <param name="rule">When a row counts.</param>
    /// <param name="notNull">The feature that must not be null for a row to take part, or null where all rows do.</param>
    public static OracleRow? Answer(IReadOnlyList<OracleRow> rows, IReadOnlyList<object?> key, long? moment, OracleRule rule, int? notNull = null)
    {
        OracleRow? answer = null;
        if (moment is not { } t) return null;
        foreach (var row in rows)
        {
            if (!IsSameKey(row.Key, key) || !IsCandidate(row, t, rule)) continue;
            if (notNull is { } feature && row.Values[feature] is null) continue;
            if (answer is null || CompareOrder(row, answer) >= 0) answer = row;
        }

        return answer;
    }

    /// <summary>The entities that have an answer at a moment, each once, ordered by key.</summary>
    public static IReadOnlyList<IReadOnlyList<object>> Entities(IEnumerable<(IReadOnlyList<OracleRow> Rows, OracleRule Rule)> groups, long moment)
    {
        var entities = new List<IReadOnlyList<object>>();
        foreach (var (rows, rule) in groups)
            foreach (var row in rows)
                if (IsCandidate(row, moment, rule) && !entities.Any(known => IsSameKey(known, row.Key)))
                    entities.Add(row.Key);
        entities.Sort(CompareKeys);
        return entities;
    }

    /// <summary>The rows with an event time from one moment, included, to another, excluded, ordered by key, event time, created time and write.</summary>
    public static IReadOnlyList<OracleRow> Range(IReadOnlyList<OracleRow> rows, long from, long to)
    {
        var found = new List<OracleRow>();
        foreach (var row in rows)
        {
            if (row.EventTime < from || row.EventTime >= to) continue;
            var place = 0;
            while (place < found.Count && IsBefore(found[place], row)) place++;
            found.Insert(place, row);
        }

        return found;

        // Rows come in the order of their writing, so of two equal ones the one that is there already stays before.
        static bool IsBefore(OracleRow known, OracleRow row) => CompareKeys(known.Key, row.Key) is var keys && (keys < 0 || (keys == 0 && CompareOrder(known, row) <= 0));
    }

    private static bool IsCandidate(OracleRow row, long t, OracleRule rule)
    {
        if (rule.KnownAsOf && row.CreatedTime > t) return false;
        if (row.EventTime is not { } eventTime) return true;
        if (rule.Lookback is { } lookback && t - eventTime > lookback) return false;
        return rule.AllowExactMatches ? eventTime + rule.Delay <= t : eventTime + rule.Delay < t;
    }

    /// <summary>By event time, then by created time; of equal ones the later write is the greater, which is for the caller to know.</summary>
    private static int CompareOrder(OracleRow left, OracleRow right)
    {
        if (left.EventTime is { } one && right.EventTime is { } other && one != other) return one < other ? -1 : 1;
        return left.CreatedTime == right.CreatedTime ? 0 : left.CreatedTime < right.CreatedTime ? -1 : 1;
    }

    private static bool IsSameKey(IReadOnlyList<object> stored, IReadOnlyList<object?> asked)
    {
        for (var i = 0; i < stored.Count; i++)
            if (asked[i] is not { } value || CompareValues(stored[i], value) != 0) return false;
        return true;
    }

    private static int CompareKeys(IReadOnlyList<object> left, IReadOnlyList<object> right)
    {
        for (var i = 0; i < left.Count; i++)
            if (CompareValues(left[i], right[i]) is not 0 and var difference) return difference;
        return 0;
    }

    private static int CompareValues(object left, object right) => (left, right) switch
    {
        (string one, string other) => CompareBytes(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other)),
        (int or long, int or long) => ToWhole(left).CompareTo(ToWhole(right)),
        _ => ((IComparable)left).CompareTo(right),
    };

    private static int CompareBytes(byte[] left, byte[] right)
    {
        for (var i = 0; i < left.Length && i < right.Length; i++)
            if (left[i] != right[i]) return left[i] - right[i];
        return left.Length - right.Length;
    }

    private static long ToWhole(object value) => value is int number ? number : (long)value;
}
