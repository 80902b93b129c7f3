namespace Tauro.FeatureStore.Specification;

public sealed class CompletenessOfVirtualFeatures : SpecificationCompleteness
{
    private const string ReadOnly = "Virtual groups are read-only.";

    protected override IReadOnlyDictionary<Type, string> Exclusions { get; } = new Dictionary<Type, string>
    {
        [typeof(RefusedWritesSpecification)] = ReadOnly,
        [typeof(WideningSpecification)] = ReadOnly,
        [typeof(WriteModesSpecification)] = ReadOnly,
        [typeof(MergeSpecification)] = ReadOnly,
        [typeof(BackfillSpecification)] = ReadOnly,
        [typeof(TimeTravelSpecification)] = "Virtual groups have no versions of a table.",
    };
}
