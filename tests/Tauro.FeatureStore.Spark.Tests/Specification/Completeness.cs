namespace Tauro.FeatureStore.Specification;

public sealed class CompletenessOnSpark : SpecificationCompleteness
{
    private const string InProcess = "Spark does not read files that mix commits; the store reads them in its own process, where these suites run.";

    protected override IReadOnlyDictionary<Type, string> Exclusions { get; } = new Dictionary<Type, string>
    {
        [typeof(MergeSpecification)] = InProcess,
        [typeof(BackfillSpecification)] = InProcess,
        [typeof(TimeTravelSpecification)] = InProcess,
    };
}
