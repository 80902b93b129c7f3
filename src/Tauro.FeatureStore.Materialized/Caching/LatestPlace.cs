namespace Tauro.FeatureStore.Materialized;

/// <summary>What latest values are of: the files of a snapshot, the keys, the order and the visibility of their rows, and the columns. Equal where all of it is.</summary>
internal sealed class LatestPlace : IEquatable<LatestPlace>
{
    private readonly ParquetSource _source;
    private readonly AsOfRead _read;
    private readonly int _hash;

    private LatestPlace(ParquetSource source, AsOfRead read)
    {
        (_source, _read) = (source, read);
        var hash = new HashCode();
        foreach (var file in source.Files) hash.Add(file.Path);
        foreach (var key in read.Keys) hash.Add(key.SourceColumn);
        foreach (var output in read.Outputs) hash.Add(output.Column);
        _hash = hash.ToHashCode();
    }

    /// <summary>The rows of the source.</summary>
    public long RowCount => _source.Files.Sum(file => file.Rows);

    /// <summary>The place of a read; null of one whose answers are not the same for a later moment.</summary>
    public static LatestPlace? Of(AsOfRead read) =>
        read is { Rows.Source: ParquetSource source, Keys.Count: > 0, Visibility.KnownAsOf: false } ? new LatestPlace(source, read) : null;

    public bool Equals(LatestPlace? other) =>
        other is not null && _hash == other._hash && _source.Files.SequenceEqual(other._source.Files)
        && _read.Rows.EventTime == other._read.Rows.EventTime && _read.Rows.CreatedTime == other._read.Rows.CreatedTime && _read.NotNull == other._read.NotNull
        && _read.Visibility with { Lookback = null } == other._read.Visibility with { Lookback = null }
        && _read.Keys.Select(key => (key.SourceColumn, key.Type)).SequenceEqual(other._read.Keys.Select(key => (key.SourceColumn, key.Type)))
        && _read.Outputs.Select(output => output.Column).SequenceEqual(other._read.Outputs.Select(output => output.Column));

    public override bool Equals(object? obj) => Equals(obj as LatestPlace);

    public override int GetHashCode() => _hash;
}
