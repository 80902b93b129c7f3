using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Apache.Arrow;
using Tauro.FeatureStore.Materialized;

namespace Tauro.FeatureStore;

public sealed partial class MaterializedFeatureStore
{
    /// <summary>The rows that are taken from a data reader at once.</summary>
    private const int RowsOfReader = 1 << 16;

    /// <inheritdoc/>
    public override Task<WriteResult> WriteFeaturesAsync(
        string featureGroup, FeatureTable rows, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return WriteAsync(featureGroup, Once(rows), isStream: false, options, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Memory is bounded whatever the length of the stream; a merge of more rows than are held at once puts them aside in scratch files in the table's folder.
    /// </remarks>
    public override Task<WriteResult> WriteFeaturesAsync(
        string featureGroup, IAsyncEnumerable<RecordBatch> batches, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batches);
        return WriteAsync(featureGroup, Pieces(batches, cancellationToken), isStream: true, options, cancellationToken);
    }

    /// <summary>Writes the rows that a reader has left to a group, all or none, in bounded memory.</summary>
    /// <param name="featureGroup">The group, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="reader">The reader; it is read to its end and not closed.</param>
    /// <param name="options">How they are written, or a <see cref="WriteMode"/> alone; null to append.</param>
    /// <param name="cancellationToken">Stops the write; nothing is written then.</param>
    /// <exception cref="FeatureStoreException">As for <see cref="IFeatureStore.WriteFeaturesAsync"/>.</exception>
    public Task<WriteResult> WriteFeaturesAsync(
        string featureGroup, DbDataReader reader, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return WriteAsync(featureGroup, FeatureTable.ReadPiecesAsync(reader, RowsOfReader, cancellationToken), isStream: true, options, cancellationToken);
    }

    /// <summary>
    /// Writes what a query answers to a group, all or none: the engine computes, this store checks, sorts and commits. Rows come as a stream, so memory is bounded however
    /// many they are.
    /// </summary>
    /// <param name="featureGroup">The group, as <c>group</c> or <c>group@version</c>.</param>
    /// <param name="executor">The engine that runs the query.</param>
    /// <param name="sql">One query in the engine's dialect, whose columns are those of the group.</param>
    /// <param name="parameters">The values of the query's parameters.</param>
    /// <param name="options">How the rows are written, or a <see cref="WriteMode"/> alone; null to append.</param>
    /// <param name="cancellationToken">Stops the query and the write; nothing is written then.</param>
    /// <exception cref="VirtualizationQueryException">The engine refused the query or failed in it.</exception>
    /// <exception cref="FeatureStoreException">As for <see cref="IFeatureStore.WriteFeaturesAsync"/>.</exception>
    public Task<WriteResult> WriteQueryAsync(
        string featureGroup, IQueryExecutor executor, string sql, IReadOnlyDictionary<string, object?>? parameters = null, WriteOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        return WriteFeaturesAsync(featureGroup, executor.StreamAsync(sql, parameters, progress: null, cancellationToken), options, cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task<bool> HasTransactionAsync(string featureGroup, string transactionId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(transactionId);
        var schema = await FindAsync(featureGroup, cancellationToken).ConfigureAwait(false);
        var snapshot = await Guard(schema, () => TableOf(schema).ReadSnapshotAsync(cancellationToken)).ConfigureAwait(false);
        return snapshot?.Transactions.ContainsKey(transactionId) == true;
    }

    /// <summary>
    /// Deletes a group: the rows of all its versions, their files, and its entry in the registry. It cannot be undone. A reader that holds an older snapshot may
    /// fail; a group that is registered again under the name begins empty.
    /// </summary>
    /// <param name="featureGroup">The group's name, without a version.</param>
    /// <param name="cancellationToken">Stops the call. To repeat it finishes what was begun.</param>
    /// <exception cref="FeatureGroupNotFoundException">The group is not registered.</exception>
    /// <exception cref="FeatureMaterializationException">A file could not be deleted.</exception>
    public async Task DeleteFeatureGroupAsync(string featureGroup, CancellationToken cancellationToken = default)
    {
        var name = Identifier.CheckGroup(featureGroup);
        await Metadata.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var isRegistered = Metadata.ListFeatureGroups().Contains(name, StringComparer.OrdinalIgnoreCase);
        FeatureGroupSchema[] versions = isRegistered ? [.. Metadata.ListVersions(name).Select(version => Metadata.GetFeatureGroup(name, version))] : StoredVersions(name);
        var found = isRegistered;
        foreach (var schema in versions) found |= await Guard(schema, () => TableOf(schema).DeleteRowsAsync(cancellationToken)).ConfigureAwait(false);
        if (!found) Metadata.GetFeatureGroup(name);
        await Metadata.RemoveFeatureGroupAsync(name, cancellationToken).ConfigureAwait(false);

        // A writer that had looked up the group before may have come between.
        foreach (var schema in versions) await Guard(schema, () => TableOf(schema).DeleteRowsAsync(cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>The versions of which there is a table, where a deletion came as far as the registry and no further.</summary>
    private FeatureGroupSchema[] StoredVersions(string name) =>
    [
        .. _storage.ListFolders(name)
            .Select(folder => folder.StartsWith('v') && int.TryParse(folder.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0)
            .Where(version => version > 0)
            .Select(version => new FeatureGroupSchema(name) { Version = version }),
    ];

    internal override async Task<WriteResult?> WriteFilesAsync(
        string featureGroup, RangePlan plan, IPlanFileWriter writer, WriteOptions options, CancellationToken cancellationToken)
    {
        var schema = await FindAsync(featureGroup, cancellationToken).ConfigureAwait(false);
        options.Validate(schema);
        using var write = await Guard(schema, () => TableOf(schema).BeginFilesAsync(schema, options, cancellationToken)).ConfigureAwait(false);
        var target = write.PlanFiles(plan);
        if (!writer.CanWrite(plan, target)) return null;
        MaterializedLogMessages.EngineWrites(_logger, writer.Name, schema.QualifiedName);
        return await WriteAsync(schema, options, writer.Name, () => TableOf(schema).WriteFilesAsync(write, token => writer.WriteAsync(plan, target, token), cancellationToken)).ConfigureAwait(false);
    }

    private async Task<WriteResult> WriteAsync(
        string featureGroup, IAsyncEnumerable<FeatureTable> rows, bool isStream, WriteOptions? options, CancellationToken cancellationToken)
    {
        options ??= WriteOptions.Default;
        var schema = await FindAsync(featureGroup, cancellationToken).ConfigureAwait(false);
        options.Validate(schema);
        return await WriteAsync(schema, options, engine: null, () => TableOf(schema).WriteAsync(schema, rows, options, isStream, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<WriteResult> WriteAsync(FeatureGroupSchema schema, WriteOptions options, string? engine, Func<Task<WriteResult>> write)
    {
        using var operation = StoreOperation.StartWrite(Context.TimeProvider, schema.QualifiedName);
        if (engine is not null) operation.System = engine;
        try
        {
            var result = await Guard(schema, write).ConfigureAwait(false);
            if (!result.AlreadyWritten) await CheckpointAsync(schema, result.SnapshotVersion - 1, result.SnapshotVersion).ConfigureAwait(false);
            operation.Done(result.RowCount);
            StoreLogMessages.FeaturesWritten(_logger, result.RowCount, result.FeatureGroup, result.SnapshotVersion, options.Mode, operation.Elapsed.TotalMilliseconds);
            return result;
        }
        catch (Exception failure) when (operation.Fails(failure))
        {
            throw;
        }
    }

    /// <summary>The group's schema as it is now: a writer with an old one would leave out features that another process has added since.</summary>
    private async Task<FeatureGroupSchema> FindAsync(string featureGroup, CancellationToken cancellationToken)
    {
        var (name, version) = GroupName.Parse(featureGroup);
        await Metadata.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return Metadata.GetFeatureGroup(name, version);
    }

    private static async IAsyncEnumerable<FeatureTable> Once(FeatureTable rows)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return rows;
    }

    private static async IAsyncEnumerable<FeatureTable> Pieces(IAsyncEnumerable<RecordBatch> batches, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in batches.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            using var piece = FeatureTable.FromArrow(batch);
            yield return piece;
        }
    }
}
