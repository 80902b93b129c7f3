using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore;

internal static partial class RegistryLogMessages
{
    [LoggerMessage(EventId = 1000, Level = LogLevel.Information, Message = "Registered feature group {Group} version {Version} with {FeatureCount} features")]
    public static partial void GroupRegistered(ILogger logger, string group, int version, int featureCount);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "Removed feature group {Group} with all its versions")]
    public static partial void GroupRemoved(ILogger logger, string group);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "The read uses {Feature}, and {Deprecation}")]
    public static partial void DeprecatedFeatureRead(ILogger logger, string feature, Deprecation deprecation);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Warning, Message = "The checkpoint {Checkpoint} of the registry at {Location} does not hold together and was passed over; the commits were read")]
    public static partial void CheckpointIgnored(ILogger logger, string checkpoint, string location);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Warning, Message = "A checkpoint of the registry at {Location} could not be written; the change itself was made")]
    public static partial void CheckpointFailed(ILogger logger, Exception failure, string location);

    [LoggerMessage(EventId = 1005, Level = LogLevel.Information, Message = "Saved training set {TrainingSet} with {FeatureCount} features")]
    public static partial void TrainingSetSaved(ILogger logger, string trainingSet, int featureCount);

    [LoggerMessage(EventId = 1006, Level = LogLevel.Information, Message = "Set the lineage of {Name} to {DependencyCount} dependencies")]
    public static partial void LineageWasSet(ILogger logger, string name, int dependencyCount);
}
