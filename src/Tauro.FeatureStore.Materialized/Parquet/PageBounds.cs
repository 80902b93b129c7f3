namespace Tauro.FeatureStore.Materialized;

/// <summary>The least and the greatest number in a page; <see cref="IsEmpty"/> where all of it is null.</summary>
internal readonly record struct PageBounds(long Min, long Max)
{
    public static PageBounds Empty { get; } = new(long.MaxValue, long.MinValue);

    public bool IsEmpty => Min > Max;
}
