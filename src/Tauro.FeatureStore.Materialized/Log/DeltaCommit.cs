namespace Tauro.FeatureStore.Materialized;

/// <summary>One commit as it stands in the log.</summary>
/// <param name="Version">The version of the table that it makes.</param>
/// <param name="Actions">What it changes, in the order of its lines.</param>
/// <param name="Modified">When its file was written, where the commit itself does not say when it was made.</param>
internal sealed record DeltaCommit(long Version, IReadOnlyList<DeltaAction> Actions, DateTimeOffset? Modified)
{
    public DeltaCommitInfo? Info { get; init; } = Actions.OfType<DeltaCommitInfo>().FirstOrDefault();

    /// <summary>
    /// When the store learned of it: strictly later than the commit before, also where other programs' clocks went back.
    /// </summary>
    public long CreatedTimeMicros(long? previous)
    {
        var stated = Info?.CreatedTimeMicros ?? (Info?.InCommitTimestamp ?? Info?.Timestamp) * DeltaTime.MicrosPerMilli
            ?? (Modified is { } modified ? UtcTime.FromDateTimeOffset(modified) : long.MinValue);
        return Math.Max(stated, previous + 1 ?? stated);
    }

    public static bool StatesItsTime(IReadOnlyList<DeltaAction> actions) =>
        actions.OfType<DeltaCommitInfo>().FirstOrDefault() is { } info && (info.CreatedTimeMicros ?? info.InCommitTimestamp ?? info.Timestamp) is not null;
}

/// <summary>One version of a table in its history.</summary>
/// <param name="Version">The version.</param>
/// <param name="CreatedTimeMicros">When it was committed, in microseconds since 1970; strictly increasing.</param>
/// <param name="Operation">What was done, in the word of the program that did it.</param>
internal sealed record DeltaVersion(long Version, long CreatedTimeMicros, string? Operation);
