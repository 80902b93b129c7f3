namespace Tauro.FeatureStore;

/// <summary>What an engine with several ways to an answer notes about the one that it took, by the number of the read in the plan.</summary>
internal sealed class PlanNotes
{
    private const string Query = "query";

    private readonly Lock _gate = new();
    private readonly Dictionary<int, (string Path, long? RowsSearched)> _reads = [];

    /// <summary>Notes how a read is answered.</summary>
    public void Add(int read, string path, long? rowsSearched = null)
    {
        lock (_gate) _reads[read] = (path, rowsSearched);
    }

    /// <summary>What was noted.</summary>
    /// <param name="groups">The group of each read.</param>
    public IReadOnlyList<GroupReadDiagnostics> Describe(IReadOnlyList<string> groups)
    {
        lock (_gate)
            return [.. groups.Select((group, read) => _reads.TryGetValue(read, out var note)
                ? new GroupReadDiagnostics(group, note.Path, note.RowsSearched)
                : new GroupReadDiagnostics(group, Query, null))];
    }
}
