using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>Lists: the values of all of them in one column, and where each list ends.</summary>
internal sealed class ListBuilder(ColumnBuilder elements) : ColumnBuilder
{
    private readonly OffsetsBuilder _offsets = new();

    public override DataType Type => DataType.Array(elements.Type);

    /// <summary>Ends a list, of the elements appended since the last one.</summary>
    public void EndList()
    {
        _offsets.Add(elements.Length);
        AppendValid();
    }

    public override ArrayData BuildData()
    {
        var child = elements.BuildData();
        return Finish([_offsets.Build()], [child]);
    }

    protected override void AppendDefault() => _offsets.Add(elements.Length);
}

/// <summary>Maps: the keys and the values of all of them in two columns, and where each map ends.</summary>
internal sealed class MapBuilder(ColumnBuilder keys, ColumnBuilder values) : ColumnBuilder
{
    private readonly OffsetsBuilder _offsets = new();

    public override DataType Type => DataType.Map(keys.Type, values.Type);

    /// <summary>Ends a map, of the pairs appended since the last one.</summary>
    public void EndMap()
    {
        _offsets.Add(keys.Length);
        AppendValid();
    }

    public override ArrayData BuildData()
    {
        var (keyData, valueData) = (keys.BuildData(), values.BuildData());
        var pairs = new ArrayData(((Apache.Arrow.Types.MapType)ArrowTypes.ToArrow(Type)).KeyValueType, keys.Length, 0, 0, [ArrowBuffer.Empty], [keyData, valueData]);
        return Finish([_offsets.Build()], [pairs]);
    }

    protected override void AppendDefault() => _offsets.Add(keys.Length);
}

/// <summary>Structs: one column for each member.</summary>
internal sealed class StructBuilder(IReadOnlyList<(string Name, ColumnBuilder Column)> members) : ColumnBuilder
{
    public override DataType Type => DataType.Struct([.. members.Select(member => new StructMember(member.Name, member.Column.Type))]);

    /// <summary>Ends a struct, whose members have each had one value appended.</summary>
    public void EndStruct() => AppendValid();

    public override ArrayData BuildData()
    {
        ArrayData[] children = [.. members.Select(member => member.Column.BuildData())];
        return Finish([], children);
    }

    protected override void AppendDefault()
    {
        foreach (var (_, column) in members) column.AppendNull();
    }
}
