using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore;

internal static partial class PipelineLogMessages
{
    [LoggerMessage(EventId = 1300, Level = LogLevel.Information, Message = "The node {Node} of the pipeline {Pipeline} is done in {Milliseconds:f1} ms")]
    public static partial void NodeDone(ILogger logger, string node, string pipeline, double milliseconds);

    [LoggerMessage(EventId = 1301, Level = LogLevel.Error, Message = "The node {Node} of the pipeline {Pipeline} failed with {Failure}")]
    public static partial void NodeFailed(ILogger logger, string node, string pipeline, string failure);
}
