namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>What a read must answer, by looking at every row for every row of the spine.</summary>
public static class PlanOracle
{
    public static Fact? Answer(IEnumerable<Fact> facts, Wanted wanted, VisibilityRule rule, bool timed, bool created, bool keyed) => facts
        .Select((fact, sequence) => (Fact: fact, Sequence: sequence))
        .Where(row => !keyed || (row.Fact.Key is not null && row.Fact.Key == wanted.Key))
        .Where(row => wanted.Time is { } moment && Counts(row.Fact, moment, rule, timed, created))
        .OrderBy(row => timed ? row.Fact.Event!.Value : 0).ThenBy(row => created ? row.Fact.Created : 0).ThenBy(row => row.Sequence)
        .LastOrDefault().Fact;

    private static bool Counts(Fact fact, long moment, VisibilityRule rule, bool timed, bool created)
    {
        if (rule.KnownAsOf && created && fact.Created > moment) return false;
        if (!timed) return true;
        if (fact.Event is not { } happened) return false;
        var visible = happened + rule.Delay;
        return (rule.AllowExactMatches ? visible <= moment : visible < moment) && (rule.Lookback is not { } age || happened >= moment - age);
    }
}
