using System.Collections.Immutable;

namespace Tauro.FeatureStore.Materialized;

/// <summary>One committed version of a table: which files it has, and of what columns. It never changes, so threads share it.</summary>
internal sealed class DeltaSnapshot
{
    public required long Version { get; init; }

    public required DeltaProtocol Protocol { get; init; }

    public required DeltaMetadata Metadata { get; init; }

    public required DeltaSchema Schema { get; init; }

    /// <summary>The files in write order.</summary>
    public required ImmutableArray<DeltaFile> Files { get; init; }

    /// <summary>The newest mark of each application.</summary>
    public required ImmutableDictionary<string, DeltaTransactionId> Transactions { get; init; }

    /// <summary>The files that were removed and that no clean-up has forgotten yet, by their paths.</summary>
    public required ImmutableDictionary<string, DeltaRemove> Tombstones { get; init; }

    /// <summary>The versions up to this one that were read, oldest first: all of them, or those from a checkpoint on; <see cref="DeltaLog.ReadHistoryAsync"/> has them all.</summary>
    public required ImmutableArray<DeltaVersion> History { get; init; }

    /// <summary>The files by their paths.</summary>
    public required ImmutableDictionary<string, DeltaFile> FilesByPath { get; init; }

    /// <summary>The table's identity; a table that is deleted and made again has another.</summary>
    public string Id => Metadata.Id;

    public ValueMap<string> Configuration => Metadata.Configuration;

    public long LastCreatedTimeMicros => History[^1].CreatedTimeMicros;

    /// <summary>The version that was the newest at a moment, or null where there was none yet.</summary>
    public long? VersionAsOf(long timestampMicros)
    {
        for (var i = History.Length - 1; i >= 0; i--)
            if (History[i].CreatedTimeMicros <= timestampMicros) return History[i].Version;
        return null;
    }
}
