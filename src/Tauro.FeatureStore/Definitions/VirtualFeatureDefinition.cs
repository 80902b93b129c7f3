namespace Tauro.FeatureStore;

/// <summary>Features of one group that a query computes whenever they are read. Immutable, with value equality.</summary>
/// <remarks>
/// <para>The query returns the entity keys of the group and the features, under their names. It may return more, which is left out.</para>
/// <para>
/// Which reads it can answer follows from what it is. It is <em>timed</em> where it returns the event time: past moments are answered from its rows. It is <em>as-of</em>
/// where it uses the parameter <c>$as_of</c>, the moment of the read, and then looks at nothing later itself. It is <em>static</em> where it is declared so: its rows hold
/// for all time. Otherwise it is <em>current only</em>, and refuses every read that names a moment.
/// </para>
/// </remarks>
public sealed record VirtualFeatureDefinition
{
    /// <summary>Defines features by a query.</summary>
    /// <param name="sql">One query in the engine's dialect. Parameters are written <c>$name</c>.</param>
    /// <param name="features">The names of the features that it returns.</param>
    /// <exception cref="SchemaValidationException">The text is no single query, there is no feature, or a name is invalid or stands twice.</exception>
    public VirtualFeatureDefinition(string sql, params IReadOnlyList<string> features)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sql);
        ArgumentNullException.ThrowIfNull(features);
        UsedParameters = SqlText.Read(sql).Parameters;
        Sql = sql;
        Features = ValueList.Of(features.Select(feature => Identifier.Check(feature, "feature")));
        if (features.Count == 0) throw new SchemaValidationException("The definition names no features; name at least one.");
        if (features.Distinct(StringComparer.OrdinalIgnoreCase).Count() != features.Count)
            throw new SchemaValidationException($"The definition names a feature twice: {string.Join(", ", features)}.");
    }

    /// <summary>The query.</summary>
    public string Sql { get; }

    /// <summary>The names of the features that it returns.</summary>
    public IReadOnlyList<string> Features { get; internal init; }

    /// <summary>The values of the query's parameters, without the <c>$</c>. <c>$as_of</c> is the moment of the read, and is not given here.</summary>
    /// <value>The default is empty. Null, texts, numbers, truth values, <see cref="DateOnly"/> and <see cref="DateTimeOffset"/>.</value>
    /// <exception cref="SchemaValidationException">A name is invalid or <c>as_of</c>, or a value is of another type.</exception>
    public IReadOnlyDictionary<string, object?> Parameters
    {
        get;
        init => field = ValueMap<object?>.Of(value?.Select(DefinitionParameter.Check));
    } = ValueMap<object?>.Empty;

    /// <summary>The column of the query with the event time. Null takes the group's timestamp key where the query returns a column of that name.</summary>
    /// <value>The default is null.</value>
    public string? TimestampColumn
    {
        get;
        init => field = value is null ? null : Identifier.Check(value, "timestamp column");
    }

    /// <summary>
    /// The column of the query that says when a row was learned. It decides between rows of equal keys and event time, and reads that ask what was known by a moment need
    /// it. Null takes the group's created timestamp key where the query returns a column of that name.
    /// </summary>
    /// <value>The default is null.</value>
    public string? CreatedColumn
    {
        get;
        init => field = value is null ? null : Identifier.Check(value, "created column");
    }

    /// <summary>Whether the rows hold for all time, past moments included.</summary>
    /// <value>The default is false; in a static group every definition is static.</value>
    public bool IsStatic { get; init; }

    /// <summary>How long an answer may be given again where the store's cache is on; null for the time that the store's options say.</summary>
    /// <value>The default is null. Greater than zero.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or less.</exception>
    public TimeSpan? TimeToLive
    {
        get;
        init
        {
            if (value is { } time) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, nameof(TimeToLive));
            field = value;
        }
    }

    /// <summary>The tables that the query reads, such as <c>silver.users</c>, for the lineage. Empty asks the engine, where it can name them.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> Sources { get; init => field = ValueList.Of(value); } = ValueList<string>.Empty;

    /// <summary>The names of the parameters in the text.</summary>
    internal IReadOnlyList<string> UsedParameters { get; }

    /// <summary>Whether the query uses the moment of the read.</summary>
    internal bool UsesAsOf => UsedParameters.Contains(SqlSource.AsOfParameter, StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public bool Equals(VirtualFeatureDefinition? other) =>
        other is not null && Sql == other.Sql && Features.Equals(other.Features) && Parameters.Equals(other.Parameters) && TimestampColumn == other.TimestampColumn
        && CreatedColumn == other.CreatedColumn && IsStatic == other.IsStatic && TimeToLive == other.TimeToLive && Sources.Equals(other.Sources);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Sql, Features, Parameters, TimestampColumn, CreatedColumn, IsStatic, TimeToLive, Sources);
}
