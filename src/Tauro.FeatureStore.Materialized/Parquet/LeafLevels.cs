namespace Tauro.FeatureStore.Materialized;

/// <summary>The definition and repetition levels of a leaf in one row group.</summary>
internal sealed record LeafLevels(int EntryCount, int[]? Definitions, int[]? Repetitions)
{
    /// <summary>Whether an entry begins a place for a value or a null of a node on the way to this leaf.</summary>
    public bool IsSlot(int entry, ParquetNode node) => RepetitionOf(entry) <= node.SlotRepetition && DefinitionOf(entry, node) >= node.SlotDefinition;

    /// <summary>Whether the node is not null at an entry.</summary>
    public bool IsPresent(int entry, ParquetNode node) => DefinitionOf(entry, node) >= node.Definition;

    /// <summary>Whether an entry begins an element of a list.</summary>
    public bool IsElement(int entry, ParquetNode list) => RepetitionOf(entry) <= list.SlotRepetition + 1 && Definitions![entry] >= list.ElementDefinition;

    private int RepetitionOf(int entry) => Repetitions is null ? 0 : Repetitions[entry];

    private int DefinitionOf(int entry, ParquetNode node) => Definitions is null ? node.Definition : Definitions[entry];
}

/// <summary>
/// A leaf's values in one row group, nulls left out, in the layout of an Arrow buffer with room for the nulls: numbers of a fixed width, booleans as a byte
/// each, or the bytes of strings with their offsets.
/// </summary>
internal sealed record LeafContent(LeafLevels Levels, int ValueCount, byte[] Values, int[]? TextOffsets);
