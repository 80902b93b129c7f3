using Apache.Arrow;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The moments of a spine: where they stand, the first and the last. Feature rows that none of them can see need not be read.</summary>
internal sealed record SpineTimes(string Column, long First, long Last)
{
    /// <summary>The moments of a plan's spine; null where no row has one, so that nothing can match.</summary>
    public static SpineTimes? Of(AsOfPlan plan)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        var position = plan.Spine.PositionOf(plan.TimeColumn);
        foreach (var times in plan.Spine.Chunks(position))
        {
            var validity = ArrowMemory.ValidityBits(times.Data);
            var values = ArrowMemory.Values<long>(times);
            for (var i = 0; i < values.Length; i++)
                if (ArrowMemory.IsValid(validity, times.Data, i)) (first, last) = (Math.Min(first, values[i]), Math.Max(last, values[i]));
        }

        return first > last ? null : new SpineTimes(plan.TimeColumn, first, last);
    }
}
