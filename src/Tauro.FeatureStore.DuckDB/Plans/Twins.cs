namespace Tauro.FeatureStore.Engines;

/// <summary>The error of a query that returns two rows which nothing tells apart.</summary>
internal static class Twins
{
    /// <summary>Makes the error.</summary>
    /// <param name="keys">The keys and times of the two rows.</param>
    public static VirtualizationQueryException Error(string keys) => new(
        $"The query returns two rows for {keys}, and nothing tells which of them answers. Return one row for each, or a column with the created time, and name it as CreatedColumn.");
}
