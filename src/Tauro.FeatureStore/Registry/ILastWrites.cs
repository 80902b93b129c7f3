namespace Tauro.FeatureStore;

/// <summary>Tables that know when they were last written.</summary>
internal interface ILastWrites
{
    Task<DateTimeOffset?> GetLastWriteAsync(FeatureGroupSchema schema, CancellationToken cancellationToken);
}
