using System.Runtime.CompilerServices;
using Apache.Arrow;
using Microsoft.Extensions.Logging;
using Tauro.FeatureStore.Engines.MicrosoftSpark;
using Tauro.FeatureStore.Engines.Spark;
using SparkSession = Microsoft.Spark.Sql.SparkSession;

namespace Tauro.FeatureStore;

/// <summary>
/// Answers plans and runs SQL in a job of .NET for Apache Spark, by its session. Answers come back as Arrow batches. Cancelling a call, and its timeout, cancel
/// the jobs that it has in Spark.
/// </summary>
/// <remarks>
/// It works in a session of its own beside the given one: the same catalog, its own settings and temporary views. The time zone of that is UTC and its mode ANSI. Files
/// of a materialized store are read by the paths that the store has, so the cluster must see the same storage.
/// </remarks>
public sealed class MicrosoftSparkQueryExecutor : IQueryExecutor
{
    private readonly SparkSession _given;
    private readonly MicrosoftSparkOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly CancellationTokenSource _closed = new();
    private SparkJobs? _jobs;

    /// <summary>Makes an executor. Spark is not asked for anything before the first call.</summary>
    /// <param name="context">The application's context.</param>
    /// <param name="session">The job's session, which stays the caller's.</param>
    /// <param name="options">How long to wait, and settings of the session; null for the defaults.</param>
    /// <exception cref="ArgumentException">A time is invalid.</exception>
    public MicrosoftSparkQueryExecutor(IFeatureStoreContext context, SparkSession session, MicrosoftSparkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(session);
        _given = session;
        _options = options ?? new MicrosoftSparkOptions();
        _options.Validate();
        _clock = context.TimeProvider;
        _logger = context.LoggerFactory.CreateLogger<MicrosoftSparkQueryExecutor>();
    }

    /// <inheritdoc/>
    public string Name => "microsoft_spark";

    /// <summary>Answers with at most so many rows are put in order in this process; larger ones are ordered by Spark and streamed.</summary>
    internal int RowsToOrderHere { get; init; } = 1 << 20;

    /// <summary>A spine in which a key stands in more rows is answered in a way that is linear in them.</summary>
    internal int MostRowsOfOneKey { get; init; } = IntervalSql.MostRowsOfOneKey;

    /// <inheritdoc/>
    public bool CanRead(PlanSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return SourceViews.CanRead(source);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordBatch> RunAsync(RetrievalPlan plan, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return GuardAsync((spark, token) => new PlanRunner(spark, Name, _options.SharedPath, RowsToOrderHere, MostRowsOfOneKey).RunAsync(plan, token), cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Microsoft.Spark says nothing on the way: <paramref name="progress"/> is told when the answer is complete.</remarks>
    public Task<FeatureTable> ExecuteAsync(
        string sql, IReadOnlyDictionary<string, object?>? parameters = null, IProgress<QueryProgress>? progress = null, CancellationToken cancellationToken = default) =>
        ResultTable.ReadAsync(StreamAsync(sql, parameters, isLarge: false, progress, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Spark is asked for one part of the answer after the other, so that neither its driver nor this process has to hold all.</remarks>
    public IAsyncEnumerable<RecordBatch> StreamAsync(
        string sql, IReadOnlyDictionary<string, object?>? parameters = null, IProgress<QueryProgress>? progress = null, CancellationToken cancellationToken = default) =>
        StreamAsync(sql, parameters, isLarge: true, progress, cancellationToken);

    /// <inheritdoc/>
    public Task<Schema> DescribeAsync(string sql, IReadOnlyDictionary<string, object?>? parameters = null, CancellationToken cancellationToken = default)
    {
        var values = new SqlValues(parameters);
        // Spark runs a command at once; inside of a query none can stand.
        var query = $"SELECT * FROM (\n{SparkSqlText.Bind(sql, values)}\n) AS q";
        return GuardAsync((spark, token) => spark.DescribeAsync(query, values, token), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<HealthReport> CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            using var version = await ExecuteAsync("SELECT version() AS version", cancellationToken: cancellationToken).ConfigureAwait(false);
            return new HealthReport([new HealthCheck(Name, true, $"Spark {version.GetColumn<string>("version")[0]}")]);
        }
        catch (VirtualizationQueryException failure)
        {
            return new HealthReport([new HealthCheck(Name, false, failure.Message)]);
        }
    }

    /// <summary>Cancels what still runs. The session that was given stays open.</summary>
    public async ValueTask DisposeAsync() => await _closed.CancelAsync().ConfigureAwait(false);

    private IAsyncEnumerable<RecordBatch> StreamAsync(
        string sql, IReadOnlyDictionary<string, object?>? parameters, bool isLarge, IProgress<QueryProgress>? progress, CancellationToken cancellationToken)
    {
        var values = new SqlValues(parameters);
        var query = SparkSqlText.Bind(sql, values);
        var batches = GuardAsync((spark, token) => spark.QueryAsync(query, values, isLarge, token), cancellationToken);
        return ProgressReporter.For(progress, _clock) is { } reporter ? ReportAsync(batches, reporter, cancellationToken) : batches;
    }

    private static async IAsyncEnumerable<RecordBatch> ReportAsync(
        IAsyncEnumerable<RecordBatch> batches, ProgressReporter reporter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in batches.WithCancellation(cancellationToken).ConfigureAwait(false)) yield return batch;
        reporter.Complete();
    }

    private async Task<ISparkQueries> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_closed.IsCancellationRequested, this);
            _jobs ??= await OpenJobsAsync(cancellationToken).ConfigureAwait(false);
            return new MicrosoftSparkQueries(_jobs, _logger);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Opens a session of its own, in which every answer depends on nothing that the job sets for itself.</summary>
    private async Task<SparkJobs> OpenJobsAsync(CancellationToken cancellationToken)
    {
        var (session, version) = await new SparkJobs(_given, _logger).RunAsync(given =>
        {
            var version = given.Version();
            DriverVersion.Check(version);
            var session = given.NewSession();
            var settings = session.Conf();
            foreach (var (key, value) in _options.Configuration) settings.Set(key, value);
            foreach (var (key, value) in SessionSettings.Required.Concat(SessionSettings.Wanted(_options.Configuration))) settings.Set(key, value);
            return (session, version);
        }, values: null, cancellationToken).ConfigureAwait(false);
        MicrosoftSparkLogMessages.SessionOpened(_logger, version);
        return new SparkJobs(session, _logger);
    }

    private async Task<T> GuardAsync<T>(Func<ISparkQueries, CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
        using var deadline = new QueryDeadline(_options.QueryTimeout, _clock, either.Token);
        try
        {
            var spark = await OpenAsync(deadline.Token).ConfigureAwait(false);
            return await operation(spark, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException stopped) when (Translate(stopped, deadline, cancellationToken) is { } known)
        {
            throw known;
        }
    }

    private IAsyncEnumerable<RecordBatch> GuardAsync(Func<ISparkQueries, CancellationToken, IAsyncEnumerable<RecordBatch>> operation, CancellationToken cancellationToken)
    {
        return TimedStream.RunAsync(OpenAndRunAsync, _options.QueryTimeout, _clock, (failure, deadline) => Translate(failure, deadline, cancellationToken), cancellationToken);

        async IAsyncEnumerable<RecordBatch> OpenAndRunAsync([EnumeratorCancellation] CancellationToken token)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(token, _closed.Token);
            var spark = await OpenAsync(either.Token).ConfigureAwait(false);
            await foreach (var batch in operation(spark, either.Token).ConfigureAwait(false)) yield return batch;
        }
    }

    /// <summary>What a failure means to the caller; null where it says that itself.</summary>
    private Exception? Translate(Exception failure, QueryDeadline deadline, CancellationToken cancellationToken)
    {
        if (failure is OperationCanceledException)
        {
            if (cancellationToken.IsCancellationRequested) return new OperationCanceledException(failure.Message, failure, cancellationToken);
            if (_closed.IsCancellationRequested) return new ObjectDisposedException(nameof(MicrosoftSparkQueryExecutor));
            if (deadline.IsOver)
                return new QueryTimeoutException(
                    $"Spark did not finish the query within {_options.QueryTimeout.TotalSeconds:0.###} s, and its jobs were cancelled. Ask for less, or raise {nameof(MicrosoftSparkOptions)}.{nameof(MicrosoftSparkOptions.QueryTimeout)}.")
                {
                    Timeout = _options.QueryTimeout,
                };
        }

        return null;
    }
}
