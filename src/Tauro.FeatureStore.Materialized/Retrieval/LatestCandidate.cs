using System.Runtime.InteropServices;

namespace Tauro.FeatureStore.Materialized;

/// <summary>A row that may answer for an entity from some moment on. Those of one entity sort by (event time, created time, write sequence).</summary>
/// <param name="Entity">The entity.</param>
/// <param name="VisibleFrom">The moment; that of a row which answers from the beginning is before everything.</param>
/// <param name="EventTime">Its event time.</param>
/// <param name="CreatedTime">Its created time, where a column of the group's holds it; otherwise the write sequence says the same.</param>
/// <param name="Sequence">Its write sequence.</param>
/// <param name="Place">Where it is.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LatestCandidate(int Entity, long VisibleFrom, long EventTime, long CreatedTime, long Sequence, RowPlace Place) : IComparable<LatestCandidate>
{
    public int CompareTo(LatestCandidate other)
    {
        var order = Entity.CompareTo(other.Entity);
        if (order == 0) order = EventTime.CompareTo(other.EventTime);
        if (order == 0) order = CreatedTime.CompareTo(other.CreatedTime);
        return order != 0 ? order : Sequence.CompareTo(other.Sequence);
    }
}
