namespace Tauro.FeatureStore;

/// <summary>Numbers the distinct keys of some rows from zero, and finds the number of a key in other rows. Keys with a null have none.</summary>
internal abstract class EntityIndex
{
    public const int None = -1;

    /// <summary>The number of distinct keys.</summary>
    public int Count => FirstPlaces.Count;

    /// <summary>Where each distinct key was first seen.</summary>
    public abstract IReadOnlyList<int> FirstPlaces { get; }

    /// <summary>Numbers the keys of all rows in the order in which they are first seen; <paramref name="entities"/> gets the number of each row.</summary>
    public static EntityIndex Build(KeyColumns keys, int rows, out int[] entities)
    {
        entities = new int[rows];
        return keys.Columns is [WholeKeyColumn whole] ? WholeEntityIndex.Build(whole, entities) : TypedEntityIndex.Build(keys, entities);
    }

    /// <summary>The numbers of the keys of other rows, whose columns have the same types. Files are sorted by key, so a key is most often the one before.</summary>
    public abstract void Find(KeyColumns keys, Span<int> entities);
}
