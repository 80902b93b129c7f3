using System.Runtime.CompilerServices;
using Apache.Arrow;
using DuckDB.NET.Native;
using Microsoft.Extensions.Logging;
using Tauro.FeatureStore.Engines;

namespace Tauro.FeatureStore;

/// <summary>
/// Answers plans and runs SQL with DuckDB, inside this process and in memory. Safe for use by many threads at once: each call has a connection of its own.
/// </summary>
/// <remarks>
/// <para>
/// A caller's SQL runs apart from plans, in a database that reads the context's Gold layer and feature store and <see cref="DuckDBOptions.AllowedPaths"/>, and nothing else
/// of the file system or the network. It is exactly one query; what changes anything is refused by what DuckDB takes a statement for.
/// </para>
/// <para>The zone of every session is UTC, and a TIMESTAMP without a zone is in UTC.</para>
/// </remarks>
public sealed partial class DuckDBQueryExecutor : IQueryExecutor, IQueryInspector, ISourceVersions
{
    private readonly DuckDBOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SourceVersions _versions;
    private readonly Lazy<DuckDBInstance> _plans;
    private readonly Lazy<DuckDBInstance> _queries;
    private readonly CancellationTokenSource _closed = new();
    private int _disposed;

    /// <summary>Makes an executor with default options that reads no path in a caller's SQL.</summary>
    public DuckDBQueryExecutor() : this([], null, TimeProvider.System, null)
    {
    }

    /// <summary>Makes an executor for a context. DuckDB starts with the first call.</summary>
    /// <param name="context">Where the caller's SQL may read, the clock, and the log.</param>
    /// <param name="options">What the executor may use; null for the defaults.</param>
    public DuckDBQueryExecutor(IFeatureStoreContext context, DuckDBOptions? options = null)
        : this(PathsOf(context), options, context.TimeProvider, context.LoggerFactory)
    {
    }

    private DuckDBQueryExecutor(IReadOnlyList<string> paths, DuckDBOptions? options, TimeProvider time, ILoggerFactory? loggers)
    {
        _options = options ?? new DuckDBOptions();
        _versions = new SourceVersions(_options.Sources);
        _time = time;
        _logger = (loggers ?? Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance).CreateLogger<DuckDBQueryExecutor>();
        _plans = new Lazy<DuckDBInstance>(() => DuckDBInstance.OpenForPlans(_options));
        _queries = new Lazy<DuckDBInstance>(() => DuckDBInstance.OpenForQueries(_options, paths.Concat(_options.AllowedPaths)));
    }

    /// <inheritdoc/>
    public string Name => "DuckDB";

    /// <inheritdoc/>
    /// <remarks>DuckDB reads Parquet files of the local file system, tables in memory, and queries.</remarks>
    public bool CanRead(PlanSource source) => source is ParquetSource or TableSource or SqlSource;

    /// <inheritdoc/>
    /// <remarks>A plan without rows in its answer gives one batch without rows.</remarks>
    /// <exception cref="ObjectDisposedException">The executor is disposed.</exception>
    public IAsyncEnumerable<RecordBatch> RunAsync(RetrievalPlan plan, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ThrowIfDisposed();
        return StreamAsync(plan, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// <para>
    /// Parameters may be null, numbers, texts, truth values, <see cref="DateOnly"/>, <see cref="DateTimeOffset"/> (a TIMESTAMP WITH TIME ZONE), <see cref="DateTime"/> (a
    /// TIMESTAMP in UTC: local times are converted, times of unspecified kind are taken as UTC), bytes, and of these arrays and lists, dictionaries with values of one type
    /// (a MAP), and dictionaries of names to objects (a STRUCT), nested as deep as needed. Those that the query does not name are left out.
    /// </para>
    /// <para>
    /// Columns have the Arrow types that DuckDB gives, also where no <see cref="DataType"/> holds them: a HUGEINT, such as the
    /// SUM of integers, is a decimal of 38 digits, and an ENUM a dictionary of texts.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentException">The query is empty, or a parameter has a type that DuckDB has no parameter for.</exception>
    /// <exception cref="SchemaValidationException">Two columns of the answer have the same name.</exception>
    /// <exception cref="ObjectDisposedException">The executor is disposed.</exception>
    public async Task<FeatureTable> ExecuteAsync(
        string sql, IReadOnlyDictionary<string, object?>? parameters = null, IProgress<QueryProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sql);
        ThrowIfDisposed();
        return await FeatureTable.ReadAsync(StreamQueryAsync(sql, parameters, progress, cancellationToken), schema: null, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>Parameters and types are those of <see cref="ExecuteAsync"/>. An answer without rows gives one batch without rows.</remarks>
    /// <exception cref="ArgumentException">The query is empty, or a parameter has a type that DuckDB has no parameter for.</exception>
    /// <exception cref="ObjectDisposedException">The executor is disposed.</exception>
    public IAsyncEnumerable<RecordBatch> StreamAsync(
        string sql, IReadOnlyDictionary<string, object?>? parameters = null, IProgress<QueryProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sql);
        ThrowIfDisposed();
        return StreamQueryAsync(sql, parameters, progress, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The query is empty, or a parameter has a type that DuckDB has no parameter for.</exception>
    /// <exception cref="ObjectDisposedException">The executor is disposed.</exception>
    public Task<Schema> DescribeAsync(string sql, IReadOnlyDictionary<string, object?>? parameters = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sql);
        return QueryAsync(sql, session => BatchReader.QuerySchema(session.OpenQueryWithoutRows(sql, parameters).Schema), parameters, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The query is empty.</exception>
    /// <exception cref="ObjectDisposedException">The executor is disposed.</exception>
    public Task<IReadOnlyList<string>> FindTablesAsync(string sql, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sql);
        return QueryAsync(sql, session => session.TablesOf(sql), null, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The query is empty, or a parameter has a type that DuckDB has no parameter for.</exception>
    /// <exception cref="ObjectDisposedException">The executor is disposed.</exception>
    public Task<string> GetExecutionPlanAsync(string sql, IReadOnlyDictionary<string, object?>? parameters = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sql);
        return QueryAsync(sql, session => session.Explain(sql, parameters), parameters, cancellationToken);
    }

    /// <summary>Gives the caller's SQL a table in memory to read under a name, in place of one that was declared under it before.</summary>
    /// <param name="name">Such as <c>users</c> or <c>silver.users</c>.</param>
    /// <param name="table">The rows, which are copied.</param>
    /// <param name="cancellationToken">Stops the copying; nothing has changed then.</param>
    /// <exception cref="SchemaValidationException">The name is none of a source.</exception>
    /// <exception cref="VirtualizationQueryException">The name stands for something else than a table in memory.</exception>
    /// <exception cref="ObjectDisposedException">The executor is disposed.</exception>
    public Task DeclareTableAsync(string name, FeatureTable table, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        DeclaredSources.Name(name);
        ThrowIfDisposed();
        return RunAsync($"the declaration of {name}", session =>
        {
            DeclaredSources.Declare(name, DuckDBSource.Table(table), session);
            _versions.Changed(name);
            return true;
        }, caller: null, cancellationToken);
    }

    Task<string> ISourceVersions.FindVersionAsync(IReadOnlyList<string> tables, CancellationToken cancellationToken) =>
        Task.Run(() => _versions.Find(tables, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async Task<HealthReport> CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        return new HealthReport([await CheckAsync("plans", _plans, cancellationToken).ConfigureAwait(false), await CheckAsync("queries", _queries, cancellationToken).ConfigureAwait(false)]);
    }

    /// <summary>Stops what still runs, and frees DuckDB's memory and temporary files.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await _closed.CancelAsync().ConfigureAwait(false);
        await Task.Run(() =>
        {
            foreach (var instance in (Lazy<DuckDBInstance>[])[_plans, _queries])
                if (instance.IsValueCreated)
                    instance.Value.Dispose();
        }).ConfigureAwait(false);
    }

    private Task<T> QueryAsync<T>(string sql, Func<DuckDBSession, T> step, IReadOnlyDictionary<string, object?>? parameters, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        return RunAsync(QueryText.Describe(sql), step, Caller(sql, parameters), cancellationToken);
    }

    private async Task<T> RunAsync<T>(string what, Func<DuckDBSession, T> step, SqlSource? caller, CancellationToken cancellationToken)
    {
        var operation = await StartAsync(_queries, cancellationToken).ConfigureAwait(false);
        await using (operation.ConfigureAwait(false)) return await operation.RunAsync(what, step, caller).ConfigureAwait(false);
    }

    private static SqlSource Caller(string sql, IReadOnlyDictionary<string, object?>? parameters) => new(sql, parameters ?? new Dictionary<string, object?>());

    private async IAsyncEnumerable<RecordBatch> StreamQueryAsync(
        string sql, IReadOnlyDictionary<string, object?>? parameters, IProgress<QueryProgress>? progress, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (started, rows, what, caller) = (_time.GetTimestamp(), 0L, QueryText.Describe(sql), Caller(sql, parameters));
        var reporter = ProgressReporter.For(progress, _time);
        var operation = await StartAsync(_queries, cancellationToken).ConfigureAwait(false);
        await using (operation.ConfigureAwait(false))
        {
            var reader = await operation.RunAsync(what, session =>
            {
                if (reporter is not null) session.WatchProgress();
                return BatchReader.ForQuery(session.OpenQuery(sql, parameters));
            }, caller, reporter).ConfigureAwait(false);
            while (await operation.RunAsync(what, _ => reader.Read(), caller, reporter).ConfigureAwait(false) is { } batch)
            {
                rows += batch.Length;
                yield return batch;
            }

            if (rows == 0) yield return BatchReader.Empty(reader.Schema);
            reporter?.Complete();
            LogQuery(rows, reader.Schema.FieldsList.Count, _time.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    private async IAsyncEnumerable<RecordBatch> StreamAsync(RetrievalPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (started, rows) = (_time.GetTimestamp(), 0L);
        var operation = await StartAsync(plan.Sources.Any(source => source is SqlSource) ? _queries : _plans, cancellationToken).ConfigureAwait(false);
        await using (operation.ConfigureAwait(false))
            await foreach (var batch in new PlanRunner(operation).RunAsync(plan, cancellationToken).ConfigureAwait(false))
            {
                rows += batch.Length;
                yield return batch;
            }

        LogPlan(plan.GetType().Name, rows, _time.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task<HealthCheck> CheckAsync(string what, Lazy<DuckDBInstance> instance, CancellationToken cancellationToken)
    {
        const string Question = "SELECT version() || ', ' || current_setting('threads') || ' threads, ' || current_setting('memory_limit') || ' of memory'";
        var name = $"DuckDB for {what}";
        try
        {
            var operation = await StartAsync(instance, cancellationToken).ConfigureAwait(false);
            await using (operation.ConfigureAwait(false))
            {
                var answer = await operation.RunAsync(QueryText.Describe(Question), session =>
                {
                    using var batch = session.Open(Question).Read()!;
                    return ((StringArray)batch.Column(0)).GetString(0);
                }).ConfigureAwait(false);
                return new HealthCheck(name, IsHealthy: true, answer);
            }
        }
        catch (VirtualizationQueryException error)
        {
            return new HealthCheck(name, IsHealthy: false, error.Message);
        }
    }

    private Task<QueryOperation> StartAsync(Lazy<DuckDBInstance> instance, CancellationToken cancellationToken) =>
        QueryOperation.StartAsync(() => instance.Value, _options.QueryTimeout, _time, _closed.Token, cancellationToken);

    private static IReadOnlyList<string> PathsOf(IFeatureStoreContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.GoldPath is { } gold ? [context.FeatureStorePath, gold] : [context.FeatureStorePath];
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) == 1, this);

    [LoggerMessage(1, LogLevel.Debug, "DuckDB answered a query with {Rows} rows of {Columns} columns in {Milliseconds} ms.")]
    private partial void LogQuery(long rows, int columns, double milliseconds);

    [LoggerMessage(2, LogLevel.Debug, "DuckDB answered a plan ({Plan}) with {Rows} rows in {Milliseconds} ms.")]
    private partial void LogPlan(string plan, long rows, double milliseconds);
}
