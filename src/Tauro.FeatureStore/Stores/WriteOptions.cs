namespace Tauro.FeatureStore;

/// <summary>How rows are written. A <see cref="WriteMode"/> alone converts to it. Immutable.</summary>
public sealed record WriteOptions
{
    /// <summary>The options of a write that names none: an append.</summary>
    public static WriteOptions Default { get; } = new();

    /// <summary>What happens to the rows that are already there.</summary>
    /// <value>The default is <see cref="WriteMode.Append"/>.</value>
    public WriteMode Mode { get; init; }

    /// <summary>The event times that a <see cref="WriteMode.Backfill"/> replaces; null for every other mode.</summary>
    /// <value>The default is null.</value>
    public TimeRange? Range { get; init; }

    /// <summary>
    /// The identity of the batch, of the caller's choice. A write whose identity the group's table has seen writes nothing and says so, so that a pipeline may
    /// repeat it. The table forgets an identity 30 days after its write.
    /// </summary>
    /// <value>The default is null: every call writes.</value>
    public string? TransactionId { get; init; }

    /// <summary>Options of a write that replaces all rows in a range of event times.</summary>
    /// <param name="from">The first moment of the range.</param>
    /// <param name="to">The first moment after the range.</param>
    public static WriteOptions Backfill(DateTimeOffset from, DateTimeOffset to) => new() { Mode = WriteMode.Backfill, Range = new TimeRange(from, to) };

    /// <summary>Options of a write in a mode.</summary>
    /// <param name="mode">The mode.</param>
    public static implicit operator WriteOptions(WriteMode mode) => FromWriteMode(mode);

    /// <summary>Options of a write in a mode.</summary>
    /// <param name="mode">The mode.</param>
    public static WriteOptions FromWriteMode(WriteMode mode) => new() { Mode = mode };

    /// <summary>Throws where the options do not hold together.</summary>
    internal void Validate(FeatureGroupSchema schema)
    {
        if (!Enum.IsDefined(Mode)) throw new SchemaValidationException($"There is no write mode {(int)Mode}.") { FeatureGroup = schema.Name };
        if (TransactionId is { } id && string.IsNullOrWhiteSpace(id)) throw new SchemaValidationException("A transaction id cannot be empty; leave it null.") { FeatureGroup = schema.Name };
        if ((Mode == WriteMode.Backfill) != Range.HasValue)
            throw new SchemaValidationException("A range of event times belongs to a backfill, and a backfill needs one: use WriteOptions.Backfill(from, to).") { FeatureGroup = schema.Name };
        if (Range is not { } range) return;
        if (schema.IsStatic) throw new SchemaValidationException($"The group '{schema.QualifiedName}' is static: its rows have no event time to backfill. Merge or overwrite it.") { FeatureGroup = schema.Name };
        if (range.From > range.To) throw new SchemaValidationException($"The range to backfill ends at {range.To:O}, before it begins at {range.From:O}.") { FeatureGroup = schema.Name };
    }
}
