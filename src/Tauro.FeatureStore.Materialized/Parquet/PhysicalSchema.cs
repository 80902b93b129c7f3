using Parquet.Meta;

namespace Tauro.FeatureStore.Materialized;

/// <summary>
/// Makes Parquet.Net hand out physical values. Its own reading of annotations turns timestamps into DateTime (and fails where they are delta-encoded),
/// decimals into numbers of arbitrary size and INT96 into dates of .NET's range; we convert into Arrow buffers ourselves.
/// </summary>
internal static class PhysicalSchema
{
    private const int Int96Length = 12;

    /// <summary>
    /// Takes the annotation off a leaf. Values of 16 and 12 bytes are read as the two types of those sizes that Parquet.Net decodes without an allocation
    /// for each value.
    /// </summary>
    public static void Strip(SchemaElement element)
    {
        if (element.Type is null) return;
        element.LogicalType = null;
        element.ConvertedType = null;
        if (element.Type == Parquet.Meta.Type.INT96)
        {
            element.Type = Parquet.Meta.Type.FIXED_LEN_BYTE_ARRAY;
            element.TypeLength = Int96Length;
        }

        if (element.Type != Parquet.Meta.Type.FIXED_LEN_BYTE_ARRAY) return;
        if (element.TypeLength == 16) element.LogicalType = new LogicalType { UUID = new UUIDType() };
        else if (element.TypeLength == Int96Length) element.ConvertedType = ConvertedType.INTERVAL;
    }
}
