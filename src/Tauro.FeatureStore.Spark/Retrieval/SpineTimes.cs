using Apache.Arrow;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The moments of a spine: where they stand, the first and the last. Feature rows that none of them can see need not be read.</summary>
internal sealed record SpineTimes(string Column, long First, long Last)
{
    /// <summary>The moments of a plan's spine; null where no row has one, so that nothing can match.</summary>
    public static SpineTimes? Of(AsOfPlan plan)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var moment in All(plan)) (first, last) = (Math.Min(first, moment), Math.Max(last, moment));
        return first > last ? null : new SpineTimes(plan.TimeColumn, first, last);
    }

    /// <summary>The moments, each once, in their order.</summary>
    public static IReadOnlyList<long> MomentsOf(AsOfPlan plan) => [.. All(plan).Distinct().Order()];

    private static IEnumerable<long> All(AsOfPlan plan)
    {
        foreach (var times in plan.Spine.Chunks(plan.Spine.PositionOf(plan.TimeColumn)))
            for (var i = 0; i < times.Length; i++)
                if (times.IsValid(i)) yield return ArrowMemory.Values<long>(times)[i];
    }
}
