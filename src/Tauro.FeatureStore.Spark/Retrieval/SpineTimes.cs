using Apache.Arrow;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The moments of a spine: where they stand, the first and the last. Feature rows that none of them can see need not be read.</summary>
internal sealed record SpineTimes(string Column, long First, long Last)
{
    /// <summary>The moments of a plan's spine; null where no row has one, so that nothing can match.</summary>
    public static SpineTimes? Of(AsOfPlan plan)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var times in Chunks(plan))
        {
            var moments = ArrowMemory.Values<long>(times);
            var validity = ArrowMemory.ValidityBits(times.Data);
            for (var i = 0; i < moments.Length; i++)
                if (ArrowMemory.IsValid(validity, times.Data, i)) (first, last) = (Math.Min(first, moments[i]), Math.Max(last, moments[i]));
        }

        return first > last ? null : new SpineTimes(plan.TimeColumn, first, last);
    }

    /// <summary>The moments, each once, in their order.</summary>
    public static IReadOnlyList<long> MomentsOf(AsOfPlan plan) => [.. All(plan).Distinct().Order()];

    private static IEnumerable<long> All(AsOfPlan plan)
    {
        foreach (var times in Chunks(plan))
            for (var i = 0; i < times.Length; i++)
                if (times.IsValid(i)) yield return ArrowMemory.Values<long>(times)[i];
    }

    private static IEnumerable<IArrowArray> Chunks(AsOfPlan plan) => plan.Spine.Chunks(plan.Spine.PositionOf(plan.TimeColumn));
}
