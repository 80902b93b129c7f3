using Microsoft.Extensions.Time.Testing;

namespace Tauro.FeatureStore.Specification;

/// <summary>What all suites share: a store, and the words in which their tests are written.</summary>
/// <remarks>Each <c>Expect</c> compares whole tables: the names and the order of the columns, their types, the number and the order of the rows, every value.</remarks>
public abstract class Specification(TestStore test) : IAsyncDisposable
{
    protected IFeatureStore Store => test.Store;

    protected FakeTimeProvider Clock => test.Clock;

    protected TestStore Test => test;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await test.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Leaves out a test about rows that only the order of their writing tells apart.</summary>
    protected void NeedsWriteSequence() => Assert.SkipUnless(test.HasWriteSequence, $"{test} has no order of writing.");

    /// <summary>Leaves out a test about what a write does.</summary>
    protected void NeedsWrites() => Assert.SkipUnless(test.SupportsWrites, $"{test} has no writes.");

    protected async Task RegisterAsync(params FeatureGroupSchema[] schemas)
    {
        foreach (var schema in schemas) await Store.RegisterFeaturesAsync(schema, Cancel);
    }

    protected Task<WriteResult> WriteAsync(string group, params Columns rows) => WriteAsync(WriteMode.Append, group, rows);

    protected async Task<WriteResult> WriteAsync(WriteOptions options, string group, params Columns rows)
    {
        using var table = FeatureTable.FromColumns(rows);
        return await test.WriteAsync(group, table, options, Cancel);
    }

    /// <summary>Asks for a training set and expects the spine as it was, followed by these columns.</summary>
    protected async Task ExpectTrainingSetAsync(
        IReadOnlyList<FeatureReference> features, Columns spine, Columns expected, RetrievalOptions? options = null, string timeColumn = FeatureRequest.DefaultTimeColumn)
    {
        using var table = FeatureTable.FromColumns(spine);
        using var answer = await Store.GetTrainingSetAsync(features, table, timeColumn, options, Cancel);
        TableAssert.Equal([.. spine, .. expected], answer);
    }

    /// <summary>Asks for the latest values of some entities and expects their columns as they were, followed by these.</summary>
    protected async Task ExpectLatestAsync(
        IReadOnlyList<FeatureReference> features, Columns entities, Columns expected, DateTimeOffset? at = null, RetrievalOptions? options = null)
    {
        using var table = FeatureTable.FromColumns(entities);
        using var answer = await Store.GetFeaturesAsync(features, table, at, options, Cancel);
        TableAssert.Equal([.. entities, .. expected], answer);
    }

    protected async Task ExpectEveryEntityAsync(
        IReadOnlyList<FeatureReference> features, Columns expected, DateTimeOffset? at = null, RetrievalOptions? options = null)
    {
        using var answer = await Store.GetFeaturesAsync(features, entityIds: (FeatureTable?)null, at, options, Cancel);
        TableAssert.Equal(expected, answer);
    }

    protected async Task ExpectRangeAsync(IReadOnlyList<FeatureReference> features, DateTimeOffset from, DateTimeOffset to, Columns expected)
    {
        using var answer = await Store.GetFeaturesAsync(features, new TimeRange(from, to), Cancel);
        TableAssert.Equal(expected, answer);
    }

    /// <summary>Asks for a training set and expects that it is refused.</summary>
    protected Task<TException> RefusesTrainingSetAsync<TException>(
        IReadOnlyList<FeatureReference> features, Columns spine, RetrievalOptions? options = null, string timeColumn = FeatureRequest.DefaultTimeColumn)
        where TException : FeatureStoreException => Assert.ThrowsAsync<TException>(async () =>
        {
            using var table = FeatureTable.FromColumns(spine);
            using var answer = await Store.GetTrainingSetAsync(features, table, timeColumn, options, Cancel);
        });

    /// <summary>Asks for the latest values of some entities and expects that it is refused.</summary>
    protected Task<TException> RefusesLatestAsync<TException>(IReadOnlyList<FeatureReference> features, Columns entities, RetrievalOptions? options = null)
        where TException : FeatureStoreException => Assert.ThrowsAsync<TException>(async () =>
        {
            using var table = FeatureTable.FromColumns(entities);
            using var answer = await Store.GetFeaturesAsync(features, table, options: options, cancellationToken: Cancel);
        });

    /// <summary>Asks for every entity and expects that it is refused.</summary>
    protected Task<TException> RefusesEveryEntityAsync<TException>(params FeatureReference[] features)
        where TException : FeatureStoreException => Assert.ThrowsAsync<TException>(async () =>
        {
            using var answer = await Store.GetFeaturesAsync(features, cancellationToken: Cancel);
        });

    /// <summary>Writes rows and expects that they are refused.</summary>
    protected Task<TException> RefusesWriteAsync<TException>(string group, params Columns rows)
        where TException : FeatureStoreException => Assert.ThrowsAsync<TException>(() => WriteAsync(group, rows));
}
