using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore;

/// <summary>One run of a pipeline.</summary>
internal sealed class PipelineExecution : IDisposable
{
    private readonly string _pipeline;
    private readonly PipelineGraph _graph;
    private readonly IPipelineContext _context;
    private readonly IProgress<NodeRun>? _progress;
    private readonly ILogger _logger;
    private readonly CancellationToken _callersToken;
    private readonly CancellationTokenSource _stop;
    private readonly SemaphoreSlim _slots;
    private readonly Lock _lock = new();
    private readonly List<NodeRun> _done = [];
    private (IPipelineNode Node, Exception Failure)? _firstFailure;

    public PipelineExecution(
        string pipeline, PipelineGraph graph, IPipelineContext context, int slots, IProgress<NodeRun>? progress, ILogger logger, CancellationToken cancellationToken)
    {
        (_pipeline, _graph, _context, _progress, _logger, _callersToken) = (pipeline, graph, context, progress, logger, cancellationToken);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _slots = new SemaphoreSlim(slots);
    }

    public async Task<PipelineRun> RunAsync()
    {
        var started = _context.TimeProvider.GetTimestamp();
        var running = new Dictionary<IPipelineNode, Task<bool>>();
        foreach (var node in _graph.Nodes) running[node] = RunAsync(node, [.. _graph.Before(node).Select(before => running[before])]);
        await Task.WhenAll(running.Values).ConfigureAwait(false);

        if (_firstFailure is var (failed, failure)) throw Failed(failed, failure);
        _callersToken.ThrowIfCancellationRequested();
        return new PipelineRun([.. _done], _context.TimeProvider.GetElapsedTime(started));
    }

    public void Dispose()
    {
        _stop.Dispose();
        _slots.Dispose();
    }

    /// <summary>Runs a node after those before it; false where it did not come to its end.</summary>
    private async Task<bool> RunAsync(IPipelineNode node, Task<bool>[] before)
    {
        var ready = await Task.WhenAll(before).ConfigureAwait(false);
        if (!ready.All(done => done)) return false;
        try
        {
            await _slots.WaitAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        try
        {
            await ExecuteAsync(node).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return false;
        }
#pragma warning disable CA1031 // Whatever a node throws is reported with its name, once the others have stopped.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            lock (_lock) _firstFailure ??= (node, failure);
            PipelineLogMessages.NodeFailed(_logger, node.Name, _pipeline, failure.GetType().Name);
            await _stop.CancelAsync().ConfigureAwait(false);
            return false;
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task ExecuteAsync(IPipelineNode node)
    {
        using var activity = Telemetry.StartNode(_pipeline, node.Name);
        var started = _context.TimeProvider.GetTimestamp();
        try
        {
            await Task.Run(() => node.ExecuteAsync(_context, _stop.Token), _stop.Token).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            Telemetry.Fail(activity, failure);
            throw;
        }

        var run = new NodeRun(node.Name, _context.TimeProvider.GetElapsedTime(started));
        lock (_lock) _done.Add(run);
        PipelineLogMessages.NodeDone(_logger, node.Name, _pipeline, run.Elapsed.TotalMilliseconds);
        _progress?.Report(run);
    }

    private PipelineException Failed(IPipelineNode node, Exception failure)
    {
        var done = _done.Select(run => run.Node).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var open = _graph.Nodes.Where(other => other != node && !done.Contains(other.Name)).Select(other => other.Name).ToList();
        var rest = open.Count == 0 ? "All other nodes were done." : $"Not done: {string.Join(", ", open)}.";
        return new PipelineException($"The node '{node.Name}' of the pipeline '{_pipeline}' failed: {failure.Message} {rest}", failure)
        {
            Node = node.Name,
            FeatureGroup = (failure as FeatureStoreException)?.FeatureGroup,
        };
    }
}
