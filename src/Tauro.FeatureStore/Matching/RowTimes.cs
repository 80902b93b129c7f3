namespace Tauro.FeatureStore;

/// <summary>The times of neighbouring rows of a source, in microseconds, and what orders them.</summary>
internal readonly ref struct RowTimes
{
    /// <summary>The event time of each row; none for static rows.</summary>
    public ReadOnlySpan<long> EventTimes { get; init; }

    /// <summary>The created time of each row; none where <see cref="CreatedTime"/> is that of all.</summary>
    public ReadOnlySpan<long> CreatedTimes { get; init; }

    /// <summary>The created time of all rows, where no column holds it.</summary>
    public long CreatedTime { get; init; }

    /// <summary>The write sequence of each row; none where it grows by one from <see cref="FirstSequence"/>.</summary>
    public ReadOnlySpan<long> Sequences { get; init; }

    /// <summary>The write sequence of the first row, where no column holds it.</summary>
    public long FirstSequence { get; init; }

    /// <summary>The write sequence of a row.</summary>
    public long SequenceOf(int row) => Sequences.IsEmpty ? FirstSequence + row : Sequences[row];
}
