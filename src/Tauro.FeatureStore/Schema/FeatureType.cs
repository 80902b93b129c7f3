namespace Tauro.FeatureStore;

/// <summary>What a feature's values mean to a model, apart from how they are stored.</summary>
public enum FeatureType
{
    /// <summary>A quantity.</summary>
    Numerical,

    /// <summary>One of a set of categories.</summary>
    Categorical,

    /// <summary>Free text.</summary>
    Text,

    /// <summary>An embedding: an array of numbers, of one length where <see cref="FeatureSchema.VectorLength"/> is given.</summary>
    Vector,

    /// <summary>Values over time.</summary>
    TimeSeries,

    /// <summary>A composite structure.</summary>
    Complex,
}
