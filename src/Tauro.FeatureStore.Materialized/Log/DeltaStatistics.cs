namespace Tauro.FeatureStore.Materialized;

/// <summary>What a log knows about the rows of one file.</summary>
/// <param name="Rows">The number of rows, or null.</param>
/// <param name="Columns">What it knows of some of the columns.</param>
internal sealed record DeltaStatistics(long? Rows, IReadOnlyDictionary<string, DeltaColumnStatistics> Columns)
{
    public static DeltaStatistics None { get; } = new(null, new Dictionary<string, DeltaColumnStatistics>());
}

/// <summary>
/// What is known of one column of one file; null where something is not known. To be written, a least and a greatest value of a number or date must be
/// those of the column, because engines answer MIN and MAX from them; a column with a NaN has no greatest value. When read, they are bounds: of a text's
/// beginning and of a timestamp's millisecond.
/// </summary>
/// <param name="NullCount">How many values are null.</param>
/// <param name="Min">A value not greater than any in the column.</param>
/// <param name="Max">A value not less than any in the column.</param>
internal sealed record DeltaColumnStatistics(long? NullCount, StatisticValue? Min, StatisticValue? Max);
