namespace Tauro.FeatureStore;

/// <summary>How a <see cref="CompositeFeatureStore"/> writes computed features to a table. Immutable.</summary>
public sealed record MaterializationOptions
{
    /// <summary>The group whose table is written, as <c>group</c> or <c>group@version</c>; all its features must be computed by the definitions.</summary>
    /// <value>The default is null: the group of the definitions has the table, too.</value>
    public string? Target { get; init; }

    /// <summary>
    /// The time between the moments at which every entity is computed, counted from the beginning of the range. Null writes the rows of the group's one definition as they
    /// are, with the event times that it returns.
    /// </summary>
    /// <value>The default is null. Greater than zero.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or less.</exception>
    public TimeSpan? Every
    {
        get;
        init => field = CheckPositive(value, nameof(Every));
    }

    /// <summary>The length of a step, which is written at once and whole; the last may be shorter.</summary>
    /// <value>The default is null: the whole range in one write. Greater than zero.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or less.</exception>
    public TimeSpan? Step
    {
        get;
        init => field = CheckPositive(value, nameof(Step));
    }

    /// <summary>The name by which a repeated run knows the steps that are done, if it has the same range and step, and passes over them.</summary>
    /// <value>The default is null: every step is done.</value>
    public string? Name { get; init; }

    private static TimeSpan? CheckPositive(TimeSpan? value, string name)
    {
        if (value is { } time) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, name);
        return value;
    }
}
