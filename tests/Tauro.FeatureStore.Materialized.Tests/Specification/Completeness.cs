namespace Tauro.FeatureStore.Specification;

public sealed class CompletenessInProcess : SpecificationCompleteness;
