namespace Tauro.FeatureStore;

/// <summary>What an engine with several ways to an answer notes about the one that it took, by the number of the read in the plan.</summary>
internal sealed class PlanNotes
{
    private const string Query = "query";

    private readonly Dictionary<int, (string Path, long? RowsSearched)> _reads;
    private readonly IReadOnlyList<int>? _places;

    public PlanNotes() : this([], null)
    {
    }

    private PlanNotes(Dictionary<int, (string, long?)> reads, IReadOnlyList<int>? places) => (_reads, _places) = (reads, places);

    /// <summary>The notes for a part of the plan, which are notes for the whole too.</summary>
    /// <param name="reads">The number of each read of the part in the whole.</param>
    public PlanNotes Part(IReadOnlyList<int> reads) => new(_reads, reads);

    /// <summary>Notes how a read is answered.</summary>
    public void Add(int read, string path, long? rowsSearched = null)
    {
        lock (_reads) _reads[_places is null ? read : _places[read]] = (path, rowsSearched);
    }

    /// <summary>What was noted.</summary>
    /// <param name="groups">The group of each read.</param>
    public IReadOnlyList<GroupReadDiagnostics> Describe(IReadOnlyList<string> groups)
    {
        lock (_reads)
            return [.. groups.Select((group, read) => _reads.TryGetValue(read, out var note)
                ? new GroupReadDiagnostics(group, note.Path, note.RowsSearched)
                : new GroupReadDiagnostics(group, Query, null))];
    }
}
