namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>One row of a source in a test. Times are in microseconds after <see cref="Facts.Start"/>.</summary>
/// <param name="Id">What the row is known by; its value column.</param>
/// <param name="Key">Its key.</param>
/// <param name="Event">Its event time.</param>
/// <param name="Created">Its created time.</param>
/// <param name="File">The file that it stands in.</param>
public sealed record Fact(long Id, long? Key, long? Event = 0, long Created = 0, int File = 0)
{
    /// <summary>A feature that is sometimes null.</summary>
    public long? Optional => Id % 3 == 0 ? null : Id;
}

/// <summary>One row of a spine in a test.</summary>
public sealed record Wanted(long? Key, long? Time);
