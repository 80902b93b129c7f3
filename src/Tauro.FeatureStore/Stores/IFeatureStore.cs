using Apache.Arrow;

namespace Tauro.FeatureStore;

/// <summary>A feature store: groups are registered, written and read. Safe for use by many threads at once.</summary>
/// <remarks><see cref="FeatureStoreExtensions"/> has the everyday forms of these methods.</remarks>
public interface IFeatureStore : IAsyncDisposable
{
    /// <summary>The registry.</summary>
    FeatureStoreMetadata Metadata { get; }

    /// <summary>
    /// Registers a group. Registering the same schema again changes nothing; a compatible change is accepted in place; a breaking one asks for the next
    /// version.
    /// </summary>
    /// <param name="schema">The group's schema.</param>
    /// <param name="cancellationToken">Stops the call before the change is made.</param>
    /// <exception cref="SchemaValidationException">The schema does not hold together.</exception>
    /// <exception cref="FeatureRegistryException">The change breaks a registered version; the message says how.</exception>
    Task RegisterFeaturesAsync(FeatureGroupSchema schema, CancellationToken cancellationToken = default);

    /// <summary>Reads features into a table.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <exception cref="FeatureNotFoundException">A feature is not registered, or its name stands for several.</exception>
    /// <exception cref="FeatureGroupNotFoundException">A group or its version is not registered.</exception>
    /// <exception cref="SchemaValidationException">The request, or its spine, breaks a rule; the message names it.</exception>
    Task<FeatureTable> GetFeaturesAsync(FeatureRequest request, CancellationToken cancellationToken = default);

    /// <summary>Reads features as a stream of batches, for answers that do not fit in memory. The caller disposes each batch.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <exception cref="FeatureNotFoundException">A feature is not registered, or its name stands for several.</exception>
    /// <exception cref="FeatureGroupNotFoundException">A group or its version is not registered.</exception>
    /// <exception cref="SchemaValidationException">The request, or its spine, breaks a rule; the message names it.</exception>
    IAsyncEnumerable<RecordBatch> StreamFeaturesAsync(FeatureRequest request, CancellationToken cancellationToken = default);

    /// <summary>Writes rows to a group, all or none.</summary>
    /// <param name="featureGroup">The group, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="rows">Keys, event time, created time where the group declares it, and features. A feature that is missing is null.</param>
    /// <param name="options">How they are written, or a <see cref="WriteMode"/> alone; null to append.</param>
    /// <param name="cancellationToken">Stops the write; nothing is written then.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group is not registered.</exception>
    /// <exception cref="SchemaValidationException">A row breaks a rule; the message names the column, the row and the rule.</exception>
    /// <exception cref="WriteConflictException">Another write came between that this one does not go together with. Repeat it.</exception>
    Task<WriteResult> WriteFeaturesAsync(string featureGroup, FeatureTable rows, WriteOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Whether a write with that identity is in a group's table, so that a pipeline need not compute its rows again.</summary>
    /// <param name="featureGroup">The group, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="transactionId">The identity: <see cref="WriteOptions.TransactionId"/>.</param>
    /// <param name="cancellationToken">Stops the look.</param>
    /// <returns>False also where the store keeps no identities.</returns>
    /// <exception cref="FeatureGroupNotFoundException">The group is not registered.</exception>
    Task<bool> HasTransactionAsync(string featureGroup, string transactionId, CancellationToken cancellationToken = default) => Task.FromResult(false);

    /// <summary>The version of a group's table that a read sees now, or would have seen at a moment.</summary>
    /// <param name="featureGroup">The group, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="moment">The moment; null for now.</param>
    /// <param name="cancellationToken">Stops the look.</param>
    /// <returns>-1 for a table that was not written yet; null where the store keeps no versions, as one that computes features.</returns>
    /// <exception cref="FeatureGroupNotFoundException">The group is not registered.</exception>
    Task<long?> GetTableVersionAsync(string featureGroup, DateTimeOffset? moment = null, CancellationToken cancellationToken = default) => Task.FromResult<long?>(null);

    /// <summary>Whether the store can work, and what was looked at.</summary>
    /// <param name="cancellationToken">Stops the check.</param>
    Task<HealthReport> CheckHealthAsync(CancellationToken cancellationToken = default);
}
