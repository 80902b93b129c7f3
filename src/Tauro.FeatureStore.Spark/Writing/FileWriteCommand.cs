using System.Globalization;
using Tauro.FeatureStore.Engines.Spark.Protocol;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>A query whose rows Spark writes to Parquet files of a new folder, and counts where the server tells the count: 4.0 and newer do, 3.5 does not.</summary>
internal static class FileWriteCommand
{
    private const string Rows = "rows";

    /// <summary>Runs the command.</summary>
    /// <returns>How many rows Spark wrote; null where the server does not say.</returns>
    public static async Task<long?> RunAsync(SparkSession session, string sql, SqlValues? values, string folder, int rowsPerFile, CancellationToken cancellationToken)
    {
        long? count = null;
        var counted = new CollectMetrics { Name = Rows, Input = SqlPlan.RelationOf(sql) };
        counted.Metrics.Add(new Expression { ExpressionString = new Expression.Types.ExpressionString { Expression = "count(*)" } });
        var write = new WriteOperation { Source = "parquet", Path = folder, Mode = WriteOperation.Types.SaveMode.ErrorIfExists, Input = new Relation { CollectMetrics = counted } };
        write.Options.Add("compression", "snappy");
        write.Options.Add("maxRecordsPerFile", rowsPerFile.ToString(CultureInfo.InvariantCulture));
        write.Options.Add("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false");
        var plan = new Plan { Command = new Command { WriteOperation = write } };
        await foreach (var response in session.ExecuteAsync(plan, values, progress: null, cancellationToken).ConfigureAwait(false))
            foreach (var metrics in response.ObservedMetrics)
                if (metrics is { Name: Rows, Values: [{ LiteralTypeCase: Expression.Types.Literal.LiteralTypeOneofCase.Long } only] }) count = only.Long;
        return count;
    }
}
