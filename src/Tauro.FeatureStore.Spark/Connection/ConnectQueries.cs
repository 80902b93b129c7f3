using System.Runtime.CompilerServices;
using Apache.Arrow;
using Tauro.FeatureStore.Engines.Spark.Protocol;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>Plans by way of Spark Connect.</summary>
internal sealed class ConnectQueries(SparkSession session) : ISparkQueries
{
    private static readonly TimeSpan CleanUpTime = TimeSpan.FromSeconds(5);

    public long RowsWorthAFile => 100_000;

    public async Task<Schema> DescribeAsync(string sql, SqlValues? values, CancellationToken cancellationToken) =>
        DescribedTypes.ToSchema(await session.DescribeAsync(SqlPlan.Of(sql), values, cancellationToken).ConfigureAwait(false));

    public async IAsyncEnumerable<RecordBatch> QueryAsync(string sql, SqlValues? values, bool isLarge, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var responses = session.ExecuteAsync(SqlPlan.Of(sql), values, progress: null, cancellationToken);
        await foreach (var batch in ResultReader.ReadAsync(responses, session.Endpoint, cancellationToken).ConfigureAwait(false)) yield return batch;
    }

    public Task CreateViewAsync(string name, ParquetRelation files, CancellationToken cancellationToken)
    {
        var source = new Read.Types.DataSource { Format = "parquet" };
        if (files.Schema is { } schema) source.Schema = schema;
        source.Paths.AddRange(files.LiteralPaths);
        foreach (var (key, value) in ParquetRelation.Options) source.Options.Add(key, value);
        var project = new Project { Input = new Relation { Read = new Read { DataSource = source } } };
        foreach (var text in files.Expressions)
            project.Expressions.Add(new Expression { ExpressionString = new Expression.Types.ExpressionString { Expression = text } });
        return CreateViewAsync(name, new Relation { Project = project }, cancellationToken);
    }

    public async Task UploadAsync(Schema schema, IEnumerable<RecordBatch> batches, Func<string> newView, CancellationToken cancellationToken)
    {
        await foreach (var part in new UploadParts(schema).WriteAsync(batches).ConfigureAwait(false))
            await CreateViewAsync(newView(), new Relation { LocalRelation = new LocalRelation { Data = part } }, cancellationToken).ConfigureAwait(false);
    }

    public async Task DropViewsAsync(IEnumerable<string> names)
    {
        using var time = new CancellationTokenSource(CleanUpTime, session.Clock);
        try
        {
            foreach (var name in names)
            {
                var drop = new SqlCommand { Sql = $"DROP VIEW IF EXISTS {name}" };
                await session.ExecuteCommandAsync(new Command { SqlCommand = drop }, time.Token).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is SparkQueryException or OperationCanceledException)
        {
            SparkLogMessages.CleanUpFailed(session.Logger, session.Endpoint, Grpc.Core.StatusCode.Unknown);
        }
    }

    private Task CreateViewAsync(string name, Relation relation, CancellationToken cancellationToken)
    {
        var view = new CreateDataFrameViewCommand { Input = relation, Name = name, Replace = true };
        return session.ExecuteCommandAsync(new Command { CreateDataframeView = view }, cancellationToken);
    }
}
