using System.Data.Common;

namespace Tauro.FeatureStore;

/// <summary>One column of a data reader, and the builder that its values go to.</summary>
internal abstract class ReaderColumn(string name)
{
    public string Name => name;

    public abstract ColumnBuilder Builder { get; }

    public abstract void AppendFrom(DbDataReader reader);

    public static IReadOnlyList<ReaderColumn> All(DbDataReader reader) =>
        [.. Enumerable.Range(0, reader.FieldCount).Select(ordinal =>
            (ReaderColumn)Activator.CreateInstance(typeof(ReaderColumn<>).MakeGenericType(reader.GetFieldType(ordinal)), reader.GetName(ordinal), ordinal)!)];
}

internal sealed class ReaderColumn<T>(string name, int ordinal) : ReaderColumn(name)
{
    private readonly ColumnAppender<T> _values = ColumnAppenders.Create<T>();

    public override ColumnBuilder Builder => _values.Builder;

    public override void AppendFrom(DbDataReader reader)
    {
        if (reader.IsDBNull(ordinal)) _values.Builder.AppendNull();
        else _values.Append(reader.GetFieldValue<T>(ordinal));
    }
}
