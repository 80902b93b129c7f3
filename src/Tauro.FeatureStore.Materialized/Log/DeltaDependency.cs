namespace Tauro.FeatureStore.Materialized;

/// <summary>What of its snapshot a write depends on, and so which writes of others it does not go together with.</summary>
internal enum DeltaDependency
{
    /// <summary>Nothing: it only adds rows. It goes together with every write that leaves the columns as they are or widens them.</summary>
    Nothing,

    /// <summary>The files that it replaces, by others with the same rows. It goes together with writes that leave those files alone.</summary>
    ReplacedFiles,

    /// <summary>
    /// The rows that it replaces, as a merge and a backfill do. It goes together with no write that replaced one of the same files, or added a file that may
    /// hold such rows.
    /// </summary>
    AffectedRows,

    /// <summary>All rows, as an overwrite does. It goes together with no write that added or removed a file.</summary>
    AllRows,
}
