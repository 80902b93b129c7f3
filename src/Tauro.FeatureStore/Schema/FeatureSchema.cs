namespace Tauro.FeatureStore;

/// <summary>One feature of a group: its name, the type of its values and what they mean. Immutable, with value equality.</summary>
public sealed record FeatureSchema
{
    /// <summary>Declares a feature.</summary>
    /// <param name="name">The name, unique in its group without regard to case: ASCII letters, digits and underscores, at most 128.</param>
    /// <param name="dataType">The type of the values.</param>
    /// <param name="featureType">What the values mean; by default it follows from the data type.</param>
    /// <exception cref="SchemaValidationException">The name is invalid.</exception>
    public FeatureSchema(string name, DataType dataType, FeatureType? featureType = null)
    {
        ArgumentNullException.ThrowIfNull(dataType);
        Name = Identifier.Check(name, "feature");
        DataType = dataType;
        FeatureType = featureType ?? DefaultFeatureType(dataType);
    }

    /// <summary>The feature's name.</summary>
    public string Name { get; }

    /// <summary>The type of its values.</summary>
    public DataType DataType { get; }

    /// <summary>What its values mean.</summary>
    public FeatureType FeatureType { get; }

    /// <summary>What a person should know about it.</summary>
    /// <value>The default is the empty text.</value>
    public string Description { get; init; } = "";

    /// <summary>Whether a value may be null.</summary>
    /// <value>The default is true.</value>
    public bool Nullable { get; init; } = true;

    /// <summary>The number of elements that every array of this feature has, or null where lengths differ.</summary>
    /// <value>The default is null.</value>
    public int? VectorLength { get; init; }

    /// <summary>
    /// Anything else worth keeping: units, ranges, sources. Texts, numbers, booleans, dates and lists of them. The keys <c>min</c>, <c>max</c>
    /// and <c>allowed</c> state rules that writes enforce where <see cref="FeatureGroupSchema.EnforceMetadataRules"/> is set.
    /// </summary>
    /// <value>The default is empty.</value>
    public IReadOnlyDictionary<string, object?> Metadata { get; init => field = FeatureMetadata.Of(value); } = ValueMap<object?>.Empty;

    internal void Validate(string group)
    {
        if (VectorLength is null) return;
        if (DataType.Kind != DataTypeKind.Array)
            throw new SchemaValidationException($"{group}.{Name}: a vector length is for arrays, and the feature is {DataType}.");
        if (VectorLength < 1)
            throw new SchemaValidationException($"{group}.{Name}: the vector length {VectorLength} must be at least 1.");
    }

    private static FeatureType DefaultFeatureType(DataType type) => type.Kind switch
    {
        DataTypeKind.String or DataTypeKind.Boolean => FeatureType.Categorical,
        DataTypeKind.Timestamp or DataTypeKind.Date => FeatureType.TimeSeries,
        DataTypeKind.Array when type.Element!.Kind is DataTypeKind.Float or DataTypeKind.Double => FeatureType.Vector,
        DataTypeKind.Array or DataTypeKind.Map or DataTypeKind.Struct => FeatureType.Complex,
        _ => FeatureType.Numerical,
    };
}
