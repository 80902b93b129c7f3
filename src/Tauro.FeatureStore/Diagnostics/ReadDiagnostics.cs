namespace Tauro.FeatureStore;

/// <summary>How an answer was found. Its names, counts and times are also on the trace of the read.</summary>
/// <param name="Executor">The engine that ran the plan, such as <c>managed</c> or <c>duckdb</c>.</param>
/// <param name="Elapsed">How long the read took, from the request to the whole answer.</param>
/// <param name="Groups">One entry for each use of a group.</param>
public sealed record ReadDiagnostics(string Executor, TimeSpan Elapsed, IReadOnlyList<GroupReadDiagnostics> Groups)
{
    /// <summary>One line for the read, then one for each group.</summary>
    public override string ToString() => string.Join(Environment.NewLine, Groups.Select(group => group.ToString()).Prepend($"{Executor}, {Elapsed.TotalMilliseconds:f1} ms"));
}

/// <summary>How the part of one group was found.</summary>
/// <param name="FeatureGroup">The group and version, as <c>group@version</c>.</param>
/// <param name="Path">
/// The way to the rows: <c>files</c> and <c>cached columns</c> for a search of this process through data files or what is decoded of them, <c>latest values</c> for
/// the cache of those, <c>query</c> for an engine that finds its own.
/// </param>
/// <param name="RowsSearched">The stored rows whose keys were looked at; null where the engine does not say.</param>
public sealed record GroupReadDiagnostics(string FeatureGroup, string Path, long? RowsSearched)
{
    /// <summary>One line.</summary>
    public override string ToString() => RowsSearched is { } rows ? $"{FeatureGroup}: {Path}, {rows:n0} rows searched" : $"{FeatureGroup}: {Path}";
}
