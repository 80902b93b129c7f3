namespace Tauro.FeatureStore;

/// <summary>
/// The entities of a spine in ranges of neighbours, which are worked on side by side: each by one thread, whose places in memory are then its own and near each other.
/// </summary>
internal readonly record struct EntityRanges
{
    /// <summary>What is held for so many slots fits into the caches of one processor.</summary>
    private const int SlotsPerRange = 1 << 14;

    private const int MaxRanges = 64;

    private readonly int _shift;

    private EntityRanges(int entities, int shift) => (Entities, _shift) = (entities, shift);

    /// <summary>The number of entities.</summary>
    public int Entities { get; }

    /// <summary>The number of ranges, at least one.</summary>
    public int Count => Entities == 0 ? 1 : Of(Entities - 1) + 1;

    /// <summary>Divides entities.</summary>
    /// <param name="entities">Their number.</param>
    /// <param name="slots">The number of their slots.</param>
    public static EntityRanges Divide(int entities, int slots)
    {
        var wanted = Math.Clamp(slots / SlotsPerRange, 1, MaxRanges);
        var shift = 0;
        while ((entities - 1) >> shift >= wanted) shift++;
        return new EntityRanges(entities, shift);
    }

    /// <summary>The range of an entity.</summary>
    public int Of(int entity) => entity >> _shift;

    /// <summary>The first entity of a range; for the range after the last, the number of entities.</summary>
    public int First(int range) => (int)Math.Min((long)range << _shift, Entities);
}
