using Tauro.FeatureStore.Engines.Spark.Protocol;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>Runs a range plan into files of a folder that this process sees, too. Of what fails, nothing is left there.</summary>
internal sealed class RangeFileWriter(SparkSession session, SharedStorage shared)
{
    public async Task<IReadOnlyList<PlanFile>> WriteAsync(RangePlan plan, PlanFileTarget target, CancellationToken cancellationToken)
    {
        var views = new SourceViews(new ConnectQueries(session));
        await using var opened = views.ConfigureAwait(false);
        var columns = new SourceColumns(plan.Rows, plan.Keys.Concat(plan.Outputs.Select(output => output.Column))).All;
        var source = await views.OpenAsync(plan.Rows, columns, () => [plan.To], cancellationToken).ConfigureAwait(false);
        var query = new RangeFilesSql(plan, source, target);
        var sql = query.Write();
        source.Values?.Spare(query.Rules.Mark);
        try
        {
            return await RunAsync(sql, source.Values, target, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            await new WrittenFolder(target.Folder).DeleteAsync(session.Clock).ConfigureAwait(false);
            if (failure is SparkQueryException && query.Rules.FindRefusal(failure.Message) is { } refusal) throw refusal;
            throw;
        }
    }

    private async Task<IReadOnlyList<PlanFile>> RunAsync(string sql, SqlValues? values, PlanFileTarget target, CancellationToken cancellationToken)
    {
        try
        {
            return await new CountedWrite(session, shared).RunAsync(sql, values, target.Folder, target.RowsPerFile, cancellationToken).ConfigureAwait(false);
        }
        catch (SparkQueryException failure) when (failure.ErrorClass == "TASK_WRITE_FAILED")
        {
            // Spark 3.5 does not say why; the same query without the files does, if it was the query.
            var count = SqlPlan.Of($"SELECT count(*) FROM (\n{sql}\n)");
            await foreach (var _ in session.ExecuteAsync(count, values, progress: null, cancellationToken).ConfigureAwait(false))
            {
            }

            throw;
        }
    }
}
