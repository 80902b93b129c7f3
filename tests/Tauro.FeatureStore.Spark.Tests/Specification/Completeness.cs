namespace Tauro.FeatureStore.Specification;

public sealed class CompletenessOnSpark : SpecificationCompleteness;
