namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>Plans over the rows of <see cref="Facts"/>, and their answers as plain values.</summary>
public static class Reads
{
    public static readonly PlanColumn Key = new("key", DataType.BigInt);
    public static readonly PlanColumn Happened = new("happened", DataType.Timestamp);
    public static readonly PlanColumn Learned = new("learned", DataType.Timestamp);
    public static readonly PlanColumn Id = new("id", DataType.BigInt);
    public static readonly PlanColumn Optional = new("optional", DataType.BigInt);
    public static readonly VisibilityRule Any = new(Delay: 0, Lookback: null, AllowExactMatches: true, KnownAsOf: false);

    public static AsOfRead Of(SourceRows rows, VisibilityRule? rule = null, string suffix = "", bool keyed = true, PlanColumn? notNull = null) => new()
    {
        Rows = rows,
        Keys = keyed ? [new KeyMatch("key", Key, DataType.BigInt)] : [],
        Outputs = [new PlanOutput(Id, "id" + suffix)],
        Visibility = rule ?? Any,
        NotNull = notNull,
        EventTimeOutput = "g__event_time" + suffix,
        MatchOutput = "g__matched" + suffix,
    };

    public static AsOfPlan Plan(FeatureTable spine, params AsOfRead[] reads) => new() { Spine = spine, TimeColumn = "moment", Reads = reads };

    public static async Task<FeatureTable> AnswerAsync(this IPlanExecutor executor, RetrievalPlan plan)
    {
        var batches = new List<Apache.Arrow.RecordBatch>();
        await foreach (var batch in executor.RunAsync(plan, TestContext.Current.CancellationToken)) batches.Add(batch);
        return FeatureTable.FromArrow(batches[0].Schema, batches);
    }

    public static async Task<long?[]> IdsAsync(this IPlanExecutor executor, RetrievalPlan plan)
    {
        using var answer = await executor.AnswerAsync(plan);
        return answer.GetColumn<long?>("id");
    }
}
