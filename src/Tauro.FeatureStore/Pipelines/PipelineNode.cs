namespace Tauro.FeatureStore;

/// <summary>A node made of a function.</summary>
public sealed class PipelineNode : IPipelineNode
{
    private readonly Func<IPipelineContext, CancellationToken, Task> _work;

    /// <summary>Makes a node.</summary>
    /// <param name="name">The node's name.</param>
    /// <param name="work">What it does, with the inputs and outputs of the run.</param>
    public PipelineNode(string name, Func<IPipelineContext, CancellationToken, Task> work)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(work);
        Name = name;
        _work = work;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> Inputs { get; init => field = ValueList.Of(value); } = ValueList<string>.Empty;

    /// <inheritdoc/>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> Outputs { get; init => field = ValueList.Of(value); } = ValueList<string>.Empty;

    /// <inheritdoc/>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> DependsOn { get; init => field = ValueList.Of(value); } = ValueList<string>.Empty;

    /// <summary>A node that makes one table, published under the node's name.</summary>
    /// <param name="name">The node's name, and its output's.</param>
    /// <param name="make">Makes the table, a new one at each call.</param>
    public static PipelineNode Source(string name, Func<CancellationToken, Task<FeatureTable>> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        return Publish(name, [], (_, token) => make(token));
    }

    /// <summary>A node that makes one table of another, published under the node's name.</summary>
    /// <param name="name">The node's name, and its output's.</param>
    /// <param name="inputSource">The input.</param>
    /// <param name="make">Makes a new table of the input, which it does not dispose.</param>
    public static PipelineNode Transform(string name, string inputSource, Func<FeatureTable, CancellationToken, Task<FeatureTable>> make)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(inputSource);
        ArgumentNullException.ThrowIfNull(make);
        return Publish(name, [inputSource], async (context, token) => await make(await context.Inputs.LoadAsync(inputSource, token).ConfigureAwait(false), token).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public Task ExecuteAsync(IPipelineContext context, CancellationToken cancellationToken = default) => _work(context, cancellationToken);

    /// <summary>A node that publishes one table under its own name.</summary>
    internal static PipelineNode Publish(
        string name, IReadOnlyList<string> inputs, Func<IPipelineContext, CancellationToken, Task<FeatureTable>> make, IReadOnlyList<string>? dependsOn = null) =>
        new(name, async (context, token) => await context.Outputs.SaveAsync(name, await make(context, token).ConfigureAwait(false), token).ConfigureAwait(false))
        {
            Inputs = inputs,
            Outputs = [name],
            DependsOn = dependsOn ?? [],
        };
}
