using System.Collections.Concurrent;

namespace Tauro.FeatureStore.Tests;

public sealed class PipelineTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _ends = [];
    private readonly PipelineContext _context = new(new FeatureStoreContext("unused"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    [Fact]
    public async Task Nodes_run_after_those_that_they_depend_on_whatever_the_order_in_which_they_are_given()
    {
        var pipeline = new Pipeline("p", Node("c", inputs: ["b"]), Node("d", dependsOn: ["c"]), Node("b", inputs: ["a"]), Node("a"));

        var run = await pipeline.RunAsync(_context, cancellationToken: Cancel);

        Assert.Equal(["a", "b", "c", "d"], pipeline.Nodes.Select(node => node.Name));
        Assert.Equal(["a", "b", "c", "d"], _ends);
        Assert.Equal(["a", "b", "c", "d"], run.Nodes.Select(node => node.Node));
    }

    [Fact]
    public async Task Nodes_that_do_not_depend_on_each_other_run_side_by_side()
    {
        using var both = new Barrier(2);
        PipelineNode Meet(string name) => new(name, (_, token) => Task.Run(() => Assert.True(both.SignalAndWait(TimeSpan.FromSeconds(30), token)), token));
        var pipeline = new Pipeline("p", Meet("left"), Meet("right")) { MaxParallelNodes = 2 };

        await pipeline.RunAsync(_context, cancellationToken: Cancel);
    }

    [Fact]
    public async Task No_more_nodes_run_at_a_time_than_are_allowed()
    {
        var (running, most) = (0, 0);
        PipelineNode Count(string name) => new(name, async (_, token) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            await Task.Delay(5, token);
            Interlocked.Decrement(ref running);
        });
        await new Pipeline("p", [.. Enumerable.Range(0, 10).Select(i => Count($"n{i}"))]) { MaxParallelNodes = 2 }.RunAsync(_context, cancellationToken: Cancel);

        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task A_node_that_fails_is_named_stops_its_neighbours_and_lets_nothing_after_it_start()
    {
        using var started = new SemaphoreSlim(0);
        var pipeline = new Pipeline(
            "daily",
            Node("before"),
            new PipelineNode("broken", async (_, token) =>
            {
                await started.WaitAsync(token);
                throw new SchemaValidationException("no such column") { FeatureGroup = "users" };
            }) { DependsOn = ["before"] },
            new PipelineNode("slow", async (_, token) =>
            {
                started.Release();
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            }),
            Node("after", dependsOn: ["broken"])) { MaxParallelNodes = 3 };

        var failure = await Assert.ThrowsAsync<PipelineException>(() => pipeline.RunAsync(_context, cancellationToken: Cancel));

        Assert.Equal("The node 'broken' of the pipeline 'daily' failed: no such column Not done: slow, after.", failure.Message);
        Assert.Equal(("broken", "users"), (failure.Node, failure.FeatureGroup));
        Assert.IsType<SchemaValidationException>(failure.InnerException);
        Assert.Equal(["before"], _ends);
    }

    [Fact]
    public async Task A_conflict_in_a_node_is_worth_another_try()
    {
        var pipeline = new Pipeline("p", new PipelineNode("write", (_, _) => throw new WriteConflictException("again")));
        Assert.True((await Assert.ThrowsAsync<PipelineException>(() => pipeline.RunAsync(_context, cancellationToken: Cancel))).IsTransient);
    }

    [Fact]
    public async Task A_node_that_gives_up_by_itself_has_failed()
    {
        var pipeline = new Pipeline("p", new PipelineNode("quits", (_, _) => throw new OperationCanceledException()));
        Assert.Equal("quits", (await Assert.ThrowsAsync<PipelineException>(() => pipeline.RunAsync(_context, cancellationToken: Cancel))).Node);
    }

    [Fact]
    public async Task Cancelling_stops_what_runs_and_starts_nothing_more()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var pipeline = new Pipeline(
            "p",
            new PipelineNode("long", async (_, token) =>
            {
                await cancel.CancelAsync();
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            }),
            Node("after", dependsOn: ["long"]));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pipeline.RunAsync(_context, cancellationToken: cancel.Token));
        Assert.Empty(_ends);
    }

    [Fact]
    public async Task Tables_pass_from_node_to_node_and_can_be_read_after_the_run()
    {
        using var raw = FeatureTable.FromColumns(("user_id", new[] { 1, 2 }), ("spent", new[] { 1.5, 2.5 }));
        _context.AddInput("raw", raw);
        var pipeline = new Pipeline(
            "p",
            PipelineNode.Transform("doubled", "raw", (table, _) =>
                Task.FromResult(FeatureTable.FromColumns(("spent", table.GetColumn<double>("spent").Select(spent => spent * 2).ToArray())))),
            PipelineNode.Source("made", _ => Task.FromResult(FeatureTable.FromColumns(("one", new[] { 1 })))));

        await pipeline.RunAsync(_context, cancellationToken: Cancel);

        var (doubled, made) = (await _context.Inputs.LoadAsync("doubled", Cancel), await _context.Inputs.LoadAsync("made", Cancel));
        Assert.Equal([3.0, 5.0], doubled.GetColumn<double>("spent"));
        Assert.Equal([1], made.GetColumn<int>("one"));
        Assert.Equal([1, 2], raw.GetColumn<int>("user_id"));
    }

    [Fact]
    public async Task An_input_that_nobody_makes_is_named_with_the_node_that_wants_it()
    {
        var pipeline = new Pipeline("p", PipelineNode.Transform("clean", "raw", (table, _) => Task.FromResult(table)));
        var failure = await Assert.ThrowsAsync<PipelineException>(() => pipeline.RunAsync(_context, cancellationToken: Cancel));
        Assert.Equal("clean", failure.Node);
        Assert.Contains("no input 'raw'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_loader_of_the_applications_own_is_asked_for_what_the_run_does_not_have()
    {
        using var outside = FeatureTable.FromColumns(("one", new[] { 1 }));
        await using var context = new PipelineContext(new FeatureStoreContext("unused")) { Inputs = new OneTable(outside) };
        Assert.Same(outside, await context.Inputs.LoadAsync("anything", Cancel));
        await context.Outputs.SaveAsync("mine", FeatureTable.FromColumns(("two", new[] { 2 })), Cancel);
        Assert.True((await context.Inputs.LoadAsync("mine", Cancel)).HasColumn("two"));
    }

    [Fact]
    public void Pipelines_that_do_not_hold_together_are_refused_when_they_are_made()
    {
        Assert.Equal("The pipeline 'p' goes in a circle: a -> c -> b -> a.", Refused(Node("a", inputs: ["c"]), Node("b", inputs: ["a"]), Node("c", inputs: ["b"])));
        Assert.Equal("The pipeline 'p' has two nodes with the name 'A'. Rename one.", Refused(Node("a"), Node("A")));
        Assert.Equal("The pipeline 'p' has no node 'b', on which 'a' depends. It has: a.", Refused(Node("a", dependsOn: ["b"])));
        Assert.Equal(
            "The pipeline 'p' has two nodes that publish 'x': 'a' and 'b'. Rename one output.",
            Refused(new PipelineNode("a", Nothing) { Outputs = ["x"] }, new PipelineNode("b", Nothing) { Outputs = ["x"] }));
    }

    [Fact]
    public void A_node_without_features_is_refused_when_it_is_made() =>
        Assert.Throws<SchemaValidationException>(() => FeatureStoreNodes.ReadFeatures("read", "materialized", []));

    [Fact]
    public void A_store_that_the_run_does_not_have_is_named()
    {
        var refused = Assert.Throws<PipelineException>(() => _context.FeatureStores.GetStore("materialized"));
        Assert.Contains("no feature store 'materialized'", refused.Message, StringComparison.Ordinal);
    }

    private static Task Nothing(IPipelineContext context, CancellationToken token) => Task.CompletedTask;

    private static string Refused(params IPipelineNode[] nodes) => Assert.Throws<PipelineException>(() => new Pipeline("p", nodes)).Message;

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            Interlocked.CompareExchange(ref most, value, seen);
    }

    private PipelineNode Node(string name, string[]? inputs = null, string[]? dependsOn = null) => new(name, (_, _) =>
    {
        _ends.Enqueue(name);
        return Task.CompletedTask;
    })
    {
        Inputs = inputs ?? [],
        Outputs = [name],
        DependsOn = dependsOn ?? [],
    };

    private sealed class OneTable(FeatureTable table) : IInputLoader
    {
        public Task<FeatureTable> LoadAsync(string name, CancellationToken cancellationToken = default) => Task.FromResult(table);
    }
}
