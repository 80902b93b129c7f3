namespace Tauro.FeatureStore.Virtualized;

/// <summary>An engine that is stopped when it has worked on the files of a plan for too long.</summary>
internal sealed class TimedFileWriter(IPlanFileWriter engine, TimeSpan timeout, TimeProvider clock) : IPlanFileWriter
{
    public string Name => engine.Name;

    public bool CanWrite(RangePlan plan, PlanFileTarget target) => engine.CanWrite(plan, target);

    public async Task<IReadOnlyList<PlanFile>> WriteAsync(RangePlan plan, PlanFileTarget target, CancellationToken cancellationToken)
    {
        using var deadline = new QueryDeadline(timeout, clock, cancellationToken);
        try
        {
            return await engine.WriteAsync(plan, target, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (TimedPlanExecutor.Translate(failure, Name, timeout, deadline) is { } known)
        {
            throw known;
        }
    }
}
