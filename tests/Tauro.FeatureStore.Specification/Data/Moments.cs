namespace Tauro.FeatureStore.Specification;

/// <summary>The moments that tests speak of.</summary>
public static class Moments
{
    public static DateTimeOffset Start { get; } = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Where the clock of every store under test stands at first: after all events.</summary>
    public static DateTimeOffset Now { get; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TimeSpan Microsecond { get; } = TimeSpan.FromTicks(TimeSpan.TicksPerMicrosecond);

    /// <summary>So many hours after the start.</summary>
    public static DateTimeOffset Hour(double hours) => Start.AddHours(hours);

    /// <summary>Midnight UTC of a day of January 2024.</summary>
    public static DateTimeOffset Day(int day) => Start.AddDays(day - 1);

    /// <summary>A day of January 2024.</summary>
    public static DateOnly DateOf(int day) => new(2024, 1, day);
}
