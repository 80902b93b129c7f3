using System.Globalization;
using Tauro.FeatureStore.Engines.Spark.Protocol;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>The temporary views of one query. They have names of their own, and are dropped with it.</summary>
internal sealed class TemporaryViews(SparkSession session) : IAsyncDisposable
{
    private readonly string _prefix = $"tauro_{Guid.NewGuid():N}";
    private readonly List<string> _names = [];

    /// <summary>Makes a view of a relation, and says its name: letters, digits and underscores.</summary>
    public async Task<string> CreateAsync(Relation relation, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{_prefix}_{_names.Count}");
        var view = new CreateDataFrameViewCommand { Input = relation, Name = name, Replace = true };
        _names.Add(name);
        await session.ExecuteCommandAsync(new Command { CreateDataframeView = view }, cancellationToken).ConfigureAwait(false);
        return name;
    }

    /// <summary>Drops the views, the last one first. The session's end would do it too, so a lost server is no error here.</summary>
    public async ValueTask DisposeAsync()
    {
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(5), session.Clock);
        for (var i = _names.Count - 1; i >= 0; i--)
        {
            try
            {
                var drop = new SqlCommand { Sql = $"DROP VIEW IF EXISTS {_names[i]}" };
                await session.ExecuteCommandAsync(new Command { SqlCommand = drop }, time.Token).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is SparkQueryException or OperationCanceledException)
            {
                SparkLogMessages.CleanUpFailed(session.Logger, session.Endpoint, Grpc.Core.StatusCode.Unknown);
                return;
            }
        }
    }
}
