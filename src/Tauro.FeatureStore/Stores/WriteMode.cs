namespace Tauro.FeatureStore;

/// <summary>What a write does with the rows that are already there.</summary>
public enum WriteMode
{
    /// <summary>Keeps them and adds the new ones. Of two rows of one entity and event time the later write answers.</summary>
    Append,

    /// <summary>Replaces all of them.</summary>
    Overwrite,

    /// <summary>
    /// Replaces those with the keys and event time of a new row and adds the others. Of several new rows of one key and time the last is taken; a row that equals
    /// the new one in all columns stays as it is, with its created time. The new rows are held in memory.
    /// </summary>
    Merge,

    /// <summary>Replaces those with an event time in <see cref="WriteOptions.Range"/>, and refuses new rows outside of it.</summary>
    Backfill,
}
