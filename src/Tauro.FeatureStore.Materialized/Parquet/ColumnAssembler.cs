using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>Puts the leaves of a column together again: levels become validity bitmaps and list offsets, values become Arrow buffers.</summary>
internal sealed class ColumnAssembler(
    IReadOnlyDictionary<ParquetNode, LeafContent> contents,
    IReadOnlyDictionary<ParquetNode, LeafLevels> levels,
    Func<string, FeatureMaterializationException> error)
{
    public ArrayData Build(ReadPlan plan) => plan.Type.Kind switch
    {
        DataTypeKind.Array => List(plan, (_, elements) => Checked(Build(plan.Parts[0]!), elements)),
        DataTypeKind.Map => List(plan, (type, elements) => new ArrayData(
            ((Apache.Arrow.Types.MapType)type).Fields[0].DataType, elements, 0, 0, [ArrowBuffer.Empty],
            [WithoutNulls(Checked(Build(plan.Parts[0]!), elements)), Checked(Build(plan.Parts[1]!), elements)])),
        DataTypeKind.Struct => Struct(plan),
        _ => Leaf(plan),
    };

    private ArrayData Leaf(ReadPlan plan)
    {
        var content = contents[plan.Node];
        var slots = Slots.Of(plan.Node, content.Levels);
        var type = ArrowTypes.ToArrow(plan.Type);
        if (plan.Type.Kind == DataTypeKind.String)
            return new ArrayData(type, slots.Count, slots.NullCount, 0, [slots.Bitmap, TextOffsets(content, slots), new ArrowBuffer(content.Values)], null);

        var values = plan.Type.Kind switch
        {
            DataTypeKind.Int or DataTypeKind.Float or DataTypeKind.Date => Spread<int>(content, slots),
            DataTypeKind.Decimal => Spread<Int128>(content, slots),
            DataTypeKind.Boolean => Bits(content, slots),
            _ => Spread<long>(content, slots),
        };
        return new ArrayData(type, slots.Count, slots.NullCount, 0, [slots.Bitmap, values], null);
    }

    private ArrayData Struct(ReadPlan plan)
    {
        var slots = Slots.Of(plan.Node, levels[plan.LevelLeaf]);
        var members = plan.Parts.Select((part, index) => part is null
            ? ArrowMemory.Nulls(ArrowTypes.ToArrow(plan.Type.Members[index].Type), slots.Count).Data
            : Checked(Build(part), slots.Count));
        return new ArrayData(ArrowTypes.ToArrow(plan.Type), slots.Count, slots.NullCount, 0, [slots.Bitmap], [.. members]);
    }

    private ArrayData List(ReadPlan plan, Func<Apache.Arrow.Types.IArrowType, int, ArrayData> child)
    {
        var leaf = levels[plan.LevelLeaf];
        var slots = Slots.Of(plan.Node, leaf);
        var offsets = new int[slots.Count + 1];
        var (slot, elements) = (0, 0);
        for (var entry = 0; entry < leaf.EntryCount; entry++)
        {
            if (leaf.IsSlot(entry, plan.Node)) offsets[slot++] = elements;
            if (leaf.IsElement(entry, plan.Node)) elements++;
        }

        offsets[slot] = elements;
        var type = ArrowTypes.ToArrow(plan.Type);
        return new ArrayData(type, slots.Count, slots.NullCount, 0, [slots.Bitmap, new ArrowBuffer(MemoryMarshal.AsBytes(offsets.AsSpan()).ToArray())], [child(type, elements)]);
    }

    /// <summary>
    /// Moves the values apart so that each stands where it belongs among the nulls: from the end, in place, since no value moves to the front. The bytes
    /// under a null are cleared, so that equal columns have equal buffers.
    /// </summary>
    private static ArrowBuffer Spread<T>(LeafContent content, Slots slots)
        where T : unmanaged
    {
        var memory = content.Values.AsMemory(0, slots.Count * Unsafe.SizeOf<T>());
        if (slots.NullCount == 0) return new ArrowBuffer(memory);
        var values = MemoryMarshal.Cast<byte, T>(memory.Span);
        var bitmap = slots.Bitmap.Span;
        var source = content.ValueCount;
        for (var slot = values.Length - 1; slot >= 0; slot--)
        {
            values[slot] = (bitmap[slot >> 3] >> (slot & 7) & 1) != 0 ? values[--source] : default;
        }

        return new ArrowBuffer(memory);
    }

    private static ArrowBuffer Bits(LeafContent content, Slots slots)
    {
        var bits = new byte[(slots.Count + 7) / 8];
        var bitmap = slots.Bitmap.Span;
        var source = 0;
        for (var slot = 0; slot < slots.Count; slot++)
        {
            if (!bitmap.IsEmpty && (bitmap[slot >> 3] >> (slot & 7) & 1) == 0) continue;
            if (content.Values[source++] != 0) bits[slot >> 3] |= (byte)(1 << (slot & 7));
        }

        return new ArrowBuffer(bits);
    }

    private static ArrowBuffer TextOffsets(LeafContent content, Slots slots)
    {
        var dense = content.TextOffsets!;
        var bytes = new byte[(slots.Count + 1) * sizeof(int)];
        var offsets = MemoryMarshal.Cast<byte, int>(bytes.AsSpan());
        var bitmap = slots.Bitmap.Span;
        var source = 0;
        for (var slot = 0; slot < slots.Count; slot++)
        {
            if (bitmap.IsEmpty || (bitmap[slot >> 3] >> (slot & 7) & 1) != 0) source++;
            offsets[slot + 1] = dense[source];
        }

        return new ArrowBuffer(bytes);
    }

    private ArrayData Checked(ArrayData child, int length) =>
        child.Length == length ? child : throw error($"its parts have {child.Length} and {length} values where they must have as many; the file is damaged");

    private ArrayData WithoutNulls(ArrayData keys) => keys.NullCount == 0 ? keys : throw error("a map in it has a null as its key");
}
