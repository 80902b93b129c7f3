namespace Tauro.FeatureStore.Specification;

public sealed class CompletenessInMemory : SpecificationCompleteness;
