using Apache.Arrow;

namespace Tauro.FeatureStore.Materialized;

/// <summary>The values of one feature in a <see cref="LookupState"/>.</summary>
internal sealed class LookupColumn(string name, DataType type, int group, IArrowArray values)
{
    private object? _reader;

    public string Name => name;

    public DataType Type => type;

    /// <summary>Which of the state's groups it is a feature of.</summary>
    public int Group => group;

    public IArrowArray Values => values;

    public T Read<T>(int row)
    {
        // The reader of the type that was asked for last is kept: callers ask for one type, and nothing is allocated.
        if (_reader is not ColumnReader<T> reader)
        {
            reader = ColumnReaders.Create<T>(type);
            reader.Open(values);
            _reader = reader;
        }

        if (row != LatestRows.None) return reader.Read(row);
        return default(T) is null ? default! : throw new InvalidOperationException($"The entity has no value of '{name}'; read it as a type that can be null.");
    }
}
