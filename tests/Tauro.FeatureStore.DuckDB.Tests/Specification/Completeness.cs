namespace Tauro.FeatureStore.Specification;

public sealed class CompletenessOnDuckDB : SpecificationCompleteness;
