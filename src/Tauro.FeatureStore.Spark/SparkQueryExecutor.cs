using System.Net.Security;
using System.Runtime.CompilerServices;
using Apache.Arrow;
using Microsoft.Extensions.Logging;
using Tauro.FeatureStore.Engines.Spark;
using Tauro.FeatureStore.Engines.Spark.Protocol;

namespace Tauro.FeatureStore;

/// <summary>
/// Answers plans and runs SQL on Apache Spark 3.5 or 4.x, through Spark Connect. The work is done where the data is; answers come back as a stream of Arrow
/// batches. Cancelling a call, and its timeout, stop the work on the server.
/// </summary>
/// <remarks>
/// One session of the server serves all calls; it is opened by the first and closed by <see cref="DisposeAsync"/>. Its time zone is UTC and its mode ANSI. Files of
/// a materialized store are read by the paths that the store has, so the server must see the same storage.
/// </remarks>
public sealed class SparkQueryExecutor : IQueryExecutor, IPlanFileWriter
{
    private readonly SparkOptions _options;
    private readonly SparkEndpoint _endpoint;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly SharedStorage _shared;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly List<SparkSession> _opened = [];
    private SparkSession? _session;
    private bool _disposed;

    /// <summary>Makes an executor. Nothing is connected before the first call.</summary>
    /// <param name="context">The application's context.</param>
    /// <param name="options">The server and how long to wait for it; null for the defaults.</param>
    /// <exception cref="ArgumentException">The connection string or a time is invalid.</exception>
    public SparkQueryExecutor(IFeatureStoreContext context, SparkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        _options = options ?? new SparkOptions();
        _options.Validate();
        _endpoint = SparkEndpoint.Of(_options);
        _shared = new SharedStorage(_options.SharedPath);
        _clock = context.TimeProvider;
        _logger = context.LoggerFactory.CreateLogger<SparkQueryExecutor>();
    }

    /// <summary>Makes an executor for a server with the default options. Nothing is connected before the first call.</summary>
    /// <param name="context">The application's context.</param>
    /// <param name="connectionString">The server, such as <c>sc://host:15002/;token=...</c>.</param>
    /// <exception cref="ArgumentException">The connection string is invalid.</exception>
    public SparkQueryExecutor(IFeatureStoreContext context, string connectionString) : this(context, new SparkOptions { ConnectionString = connectionString })
    {
    }

    /// <inheritdoc/>
    public string Name => "spark";

    /// <summary>Answers with at most so many rows are put in order in this process; larger ones are ordered by Spark and streamed.</summary>
    internal int RowsToOrderHere { get; init; } = 1 << 20;

    /// <summary>A spine in which a key stands in more rows is answered in a way that is linear in them.</summary>
    internal int MostRowsOfOneKey { get; init; } = IntervalSql.MostRowsOfOneKey;

    /// <summary>Which certificates of servers are trusted beside those that the machine trusts.</summary>
    internal RemoteCertificateValidationCallback? TrustsCertificate { get; init; }

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
        return GuardAsync((session, token) => new PlanRunner(new ConnectQueries(session), Name, _options.SharedPath, RowsToOrderHere, MostRowsOfOneKey).RunAsync(plan, token), cancellationToken);
    }

    bool IPlanFileWriter.CanWrite(RangePlan plan, PlanFileTarget target) =>
        _shared.Covers(target.Folder) && ParquetSettings.Hold(_options.Configuration) && RangeFilesSql.CanWrite(plan, target);

    Task<IReadOnlyList<PlanFile>> IPlanFileWriter.WriteAsync(RangePlan plan, PlanFileTarget target, CancellationToken cancellationToken) =>
        GuardAsync((session, token) => new RangeFileWriter(session, _shared).WriteAsync(plan, target, token), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>
    /// Parameters may be null, numbers, texts, truth values, <see cref="DateOnly"/>, <see cref="DateTimeOffset"/> and <see cref="DateTime"/> (a TIMESTAMP; times of unspecified
    /// kind are taken as UTC), bytes, and of these arrays and lists, dictionaries (a MAP), and dictionaries of names to objects (a STRUCT), nested as deep as needed.
    /// </remarks>
    /// <exception cref="SchemaValidationException">A parameter has no literal in Spark.</exception>
    public Task<FeatureTable> ExecuteAsync(
        string sql, IReadOnlyDictionary<string, object?>? parameters = null, IProgress<QueryProgress>? progress = null, CancellationToken cancellationToken = default) =>
        ResultTable.ReadAsync(StreamAsync(sql, parameters, progress, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Columns have Spark's Arrow types.</remarks>
    public IAsyncEnumerable<RecordBatch> StreamAsync(
        string sql, IReadOnlyDictionary<string, object?>? parameters = null, IProgress<QueryProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var values = new SqlValues(parameters);
        var plan = SqlPlan.Of(SparkSqlText.Bind(sql, values));
        return GuardAsync(
            (session, token) => ResultReader.ReadAsync(session.ExecuteAsync(plan, values, ProgressReporter.For(progress, _clock), token), _endpoint, token), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Schema> DescribeAsync(string sql, IReadOnlyDictionary<string, object?>? parameters = null, CancellationToken cancellationToken = default)
    {
        var values = new SqlValues(parameters);
        // Spark 3.5 runs a command that it is asked to analyse; inside of a query none can stand.
        var plan = SqlPlan.Of($"SELECT * FROM (\n{SparkSqlText.Bind(sql, values)}\n) AS q");
        return await GuardAsync(
            async (session, token) => DescribedTypes.ToSchema(await session.DescribeAsync(plan, values, token).ConfigureAwait(false)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<HealthReport> CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var version = await GuardAsync(async (session, token) =>
            {
                await session.PingAsync(token).ConfigureAwait(false);
                return session.ServerVersion;
            }, cancellationToken).ConfigureAwait(false);
            return new HealthReport([new HealthCheck("spark", true, $"Spark {version} at {_endpoint}")]);
        }
        catch (VirtualizationQueryException failure)
        {
            return new HealthReport([new HealthCheck("spark", false, failure.Message)]);
        }
    }

    /// <summary>Closes the session and the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _opening.WaitAsync().ConfigureAwait(false);
        try
        {
            _disposed = true;
            _session = null;
            foreach (var session in _opened) await session.DisposeAsync().ConfigureAwait(false);
            _opened.Clear();
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>How Spark would run a read of a plan, for tests that look at its shuffles.</summary>
    internal Task<string> ExplainAsync(string sql, CancellationToken cancellationToken) =>
        GuardAsync((session, token) => session.ExplainAsync(SqlPlan.Of(sql), values: null, token), cancellationToken);

    private async Task<SparkSession> OpenAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _session) is { } open)
        {
            await open.RenewAsync(_options.Configuration, cancellationToken).ConfigureAwait(false);
            return open;
        }

        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_session is { } other) return other;
            var transport = new SparkTransport(_endpoint, _options.ConnectTimeout, TrustsCertificate);
            try
            {
                var session = await SparkSession.OpenAsync(transport, _endpoint, _options, _clock, _logger, cancellationToken).ConfigureAwait(false);
                _opened.Add(session);
                Volatile.Write(ref _session, session);
                return session;
            }
            catch
            {
                transport.Dispose();
                throw;
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Gives an operation its session and its time; the next call gets a new session where this one turned out to be lost.</summary>
    private async Task<T> GuardAsync<T>(Func<SparkSession, CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        using var deadline = new QueryDeadline(_options.QueryTimeout, _clock, cancellationToken);
        SparkSession? session = null;
        try
        {
            session = await OpenAsync(deadline.Token).ConfigureAwait(false);
            return await operation(session, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (Translate(failure, session, deadline) is { } known)
        {
            throw known;
        }
    }

    private IAsyncEnumerable<RecordBatch> GuardAsync(Func<SparkSession, CancellationToken, IAsyncEnumerable<RecordBatch>> operation, CancellationToken cancellationToken)
    {
        SparkSession? session = null;
        return TimedStream.RunAsync(OpenAndRunAsync, _options.QueryTimeout, _clock, (failure, deadline) => Translate(failure, session, deadline), cancellationToken);

        async IAsyncEnumerable<RecordBatch> OpenAndRunAsync([EnumeratorCancellation] CancellationToken token)
        {
            session = await OpenAsync(token).ConfigureAwait(false);
            await foreach (var batch in operation(session, token).ConfigureAwait(false)) yield return batch;
        }
    }

    /// <summary>What a failure means to the caller; null where it says that itself.</summary>
    private Exception? Translate(Exception failure, SparkSession? session, QueryDeadline deadline)
    {
        if (Volatile.Read(ref _disposed) && failure is not ObjectDisposedException) return new ObjectDisposedException("The executor was disposed in the middle of a query.", failure);
        if (failure is SparkQueryException { IsConnectionLost: true } && session is not null) Interlocked.CompareExchange(ref _session, null, session);
        if (failure is OperationCanceledException && deadline.IsOver)
            return new QueryTimeoutException(
                $"The Spark server {_endpoint} did not finish the query within {_options.QueryTimeout.TotalSeconds:0.###} s, and the query was stopped. Ask for less, or raise SparkOptions.QueryTimeout.")
            {
                Timeout = _options.QueryTimeout,
            };
        return failure is OperationCanceledException && deadline.Caller.IsCancellationRequested ? new OperationCanceledException(failure.Message, failure, deadline.Caller) : null;
    }
}
