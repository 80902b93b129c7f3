using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Takes an Arrow array apart into the columns of its leaves, with the definition and repetition levels of Dremel's encoding. It goes down the schema node
/// by node, each over the whole array, never row by row through all nodes.
/// </summary>
internal sealed class ColumnShredder
{
    private readonly ParquetColumn _column;
    private readonly List<ShreddedLeaf> _leaves = [];

    private ColumnShredder(ParquetColumn column) => _column = column;

    public static IReadOnlyList<ShreddedLeaf> Shred(ParquetColumn column, ParquetNode root, ArrayData data)
    {
        var shredder = new ColumnShredder(column);
        if (root.Kind == ParquetNodeKind.Leaf) shredder.Flat(root, data);
        else shredder.Visit(root, data, Entries.All(data.Length));
        return shredder._leaves;
    }

    /// <summary>The common case: no levels but those of the nulls.</summary>
    private void Flat(ParquetNode leaf, ArrayData data)
    {
        var positions = ValuePositions.Range(data.Offset, data.Length);
        byte[]? definitions = null;
        var hasNulls = data.GetNullCount() > 0;
        if (hasNulls && !leaf.Optional) throw UnexpectedNull(leaf);
        if (leaf.Optional)
        {
            definitions = new byte[data.Length];
            if (!hasNulls) System.Array.Fill(definitions, (byte)1);
            else positions = Present(data, definitions);
        }

        _leaves.Add(new ShreddedLeaf
        {
            Node = leaf, Data = data, EntryCount = data.Length, Definitions = definitions, Repetitions = null, Positions = positions,
        });
    }

    private static ValuePositions Present(ArrayData data, byte[] definitions)
    {
        var validity = data.Buffers[0].Span;
        var positions = new int[data.Length];
        var count = 0;
        for (var index = 0; index < definitions.Length; index++)
        {
            var position = data.Offset + index;
            var present = (validity[position >> 3] >> (position & 7)) & 1;
            definitions[index] = (byte)present;
            positions[count] = position;
            count += present;
        }

        return ValuePositions.Of(positions, count);
    }

    private void Visit(ParquetNode node, ArrayData data, Entries entries)
    {
        entries = Nulls(node, data, entries);
        switch (node.Kind)
        {
            case ParquetNodeKind.Leaf:
                Leaf(node, data, entries);
                break;
            case ParquetNodeKind.Struct:
                var members = entries.MovedBy(data.Offset);
                for (var index = 0; index < node.Children.Count; index++) Visit(node.Children[index], data.Children[index], members);
                break;
            default:
                Visit(node.Children[0], data.Children[0], Expand(node, data, entries));
                break;
        }
    }

    private void Leaf(ParquetNode node, ArrayData data, Entries entries)
    {
        var positions = new int[entries.Count];
        var count = 0;
        foreach (var index in entries.Indexes)
        {
            if (index >= 0) positions[count++] = data.Offset + index;
        }

        _leaves.Add(new ShreddedLeaf
        {
            Node = node,
            Data = data,
            EntryCount = entries.Count,
            Definitions = node.Definition > 0 ? entries.Definitions : null,
            Repetitions = node.SlotRepetition > 0 ? entries.Repetitions : null,
            Positions = ValuePositions.Of(positions, count),
        });
    }

    /// <summary>Ends the entries that are null here, and raises the definition of all others where the node is optional.</summary>
    private Entries Nulls(ParquetNode node, ArrayData data, Entries entries)
    {
        var validity = data.GetNullCount() > 0 ? data.Buffers[0].Span : default;
        if (validity.IsEmpty && !node.Optional) return entries;
        var definitions = new byte[entries.Count];
        var indexes = new int[entries.Count];
        for (var entry = 0; entry < indexes.Length; entry++)
        {
            definitions[entry] = entries.Definitions[entry];
            var index = indexes[entry] = entries.Indexes[entry];
            if (index < 0) continue;
            var position = data.Offset + index;
            if (validity.IsEmpty || (validity[position >> 3] >> (position & 7) & 1) != 0) definitions[entry] = (byte)node.Definition;
            else if (node.Optional) indexes[entry] = Entries.Ended;
            else throw UnexpectedNull(node);
        }

        return entries with { Definitions = definitions, Indexes = indexes };
    }

    /// <summary>Replaces each list by its elements; a list without elements keeps one entry, which ends here.</summary>
    private static Entries Expand(ParquetNode node, ArrayData data, Entries entries)
    {
        var offsets = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(data.Buffers[1].Span);
        var total = 0L;
        foreach (var index in entries.Indexes) total += index < 0 ? 1 : Math.Max(1, offsets[data.Offset + index + 1] - offsets[data.Offset + index]);

        var definitions = new byte[checked((int)total)];
        var repetitions = new byte[definitions.Length];
        var indexes = new int[definitions.Length];
        var target = 0;
        for (var entry = 0; entry < entries.Count; entry++)
        {
            var first = target;
            var index = entries.Indexes[entry];
            if (index >= 0)
            {
                var end = offsets[data.Offset + index + 1];
                for (var element = offsets[data.Offset + index]; element < end; element++, target++)
                {
                    definitions[target] = (byte)node.ElementDefinition;
                    repetitions[target] = (byte)(node.SlotRepetition + 1);
                    indexes[target] = element;
                }
            }

            if (target == first)
            {
                definitions[target] = entries.Definitions[entry];
                indexes[target++] = Entries.Ended;
            }

            repetitions[first] = entries.Repetitions[entry];
        }

        return new Entries(definitions, repetitions, indexes);
    }

    private FeatureMaterializationException UnexpectedNull(ParquetNode node) => new(
        node.Path.Count == 1
            ? $"Column '{_column.Name}' ({_column.Type}) is not nullable but has a null; give every row a value or make the feature nullable."
            : $"Column '{_column.Name}' ({_column.Type}) has a null at '{node.DottedPath}', where none can be; a map's keys are never null.");

    /// <summary>The column on its way down: what is known of each entry so far, and which value of the current array it stands for.</summary>
    private sealed record Entries(byte[] Definitions, byte[] Repetitions, int[] Indexes)
    {
        /// <summary>The index of an entry that became null or an empty list further up.</summary>
        public const int Ended = -1;

        public int Count => Indexes.Length;

        public static Entries All(int count)
        {
            var indexes = new int[count];
            for (var index = 0; index < count; index++) indexes[index] = index;
            return new Entries(new byte[count], new byte[count], indexes);
        }

        public Entries MovedBy(int offset) => offset == 0 ? this : this with
        {
            Indexes = [.. Indexes.Select(index => index < 0 ? index : index + offset)],
        };
    }
}
