namespace Tauro.FeatureStore;

/// <summary>What a pipeline's nodes see of the run that they are part of. <see cref="PipelineContext"/> is a ready-made one.</summary>
public interface IPipelineContext : IFeatureStoreContext
{
    /// <summary>Where nodes read.</summary>
    IInputLoader Inputs { get; }

    /// <summary>Where nodes publish.</summary>
    IOutputManager Outputs { get; }

    /// <summary>The feature stores of the run, one of each name, however many nodes use it.</summary>
    FeatureStoreExecutorAdapter FeatureStores { get; }
}
