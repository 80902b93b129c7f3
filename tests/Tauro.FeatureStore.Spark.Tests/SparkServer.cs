using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Tauro.FeatureStore.Engines.Spark;

[assembly: AssemblyFixture(typeof(Tauro.FeatureStore.Spark.Tests.SparkServer))]

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>
/// A real Spark server for all tests of the assembly: the endpoint in <c>TAURO_SPARK</c>, or else one of version <c>TAURO_SPARK_VERSION</c> that the script
/// <c>../shared/spark/spark</c> beside the repository starts, and that ends with the tests. A machine without either skips; CI must have one.
/// </summary>
public sealed class SparkServer : IAsyncLifetime
{
    private readonly string? _script = FindScript();
    private readonly int _port = int.Parse(Environment.GetEnvironmentVariable("TAURO_SPARK_PORT") ?? "15310", CultureInfo.InvariantCulture);
    private string? _endpoint = Environment.GetEnvironmentVariable("TAURO_SPARK");
    private string? _failure;
    private SparkQueryExecutor? _shared;
    private bool _started;

    /// <summary>The server's connection string; the test is skipped where there is no server, and fails in CI.</summary>
    public string Endpoint
    {
        get
        {
            if (_endpoint is not null) return _endpoint;
            var reason = _failure ?? "There is no Spark server: neither TAURO_SPARK nor ../shared/spark/spark is there.";
            if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(reason);
            Assert.Skip(reason);
            return "";
        }
    }

    /// <summary>The version of Spark that the tests are for.</summary>
    public string Version { get; } = Environment.GetEnvironmentVariable("TAURO_SPARK_VERSION") ?? "3.5.7";

    public int Port => _port;

    public static IFeatureStoreContext Context { get; } = new FeatureStoreContext(Path.GetTempPath());

    /// <summary>The address of the server's own page about what it runs.</summary>
    public Uri Page => PageOf(Endpoint);

    public static Uri PageOf(string endpoint) => new($"http://127.0.0.1:{(SparkEndpoint.Parse(endpoint).Port + 5000).ToString(CultureInfo.InvariantCulture)}/api/v1/applications");

    /// <summary>An executor that all tests share; it ends with them.</summary>
    public SparkQueryExecutor SharedExecutor => LazyInitializer.EnsureInitialized(ref _shared, () => CreateExecutor());

    public SparkQueryExecutor CreateExecutor(TimeSpan? timeout = null, Dictionary<string, string>? configuration = null, int rowsToOrderHere = 1 << 20, int mostRowsOfOneKey = IntervalSql.MostRowsOfOneKey) =>
        new(Context, new SparkOptions { ConnectionString = Endpoint, QueryTimeout = timeout ?? TimeSpan.FromMinutes(2), Configuration = configuration ?? [] })
        {
            RowsToOrderHere = rowsToOrderHere,
            MostRowsOfOneKey = mostRowsOfOneKey,
        };

    public async ValueTask InitializeAsync()
    {
        if (_endpoint is not null || _script is null) return;
        try
        {
            _endpoint = (await RunAsync("start", "--version", Version)).Trim();
            _started = true;
        }
        catch (InvalidOperationException failure)
        {
            _failure = failure.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_shared is not null) await _shared.DisposeAsync();
        if (_started) await RunAsync("stop");
    }

    /// <summary>Starts another server, for a test that ends or configures one.</summary>
    public Task<StartedServer> StartAnotherAsync(int port, params string[] configuration) => StartAsync(port, [.. configuration.SelectMany(pair => (string[])["--conf", pair])]);

    /// <summary>Starts a standalone cluster: a master, and workers of one core each.</summary>
    public Task<StartedServer> StartClusterAsync(int port, int workers, string workerMemory) =>
        StartAsync(port, ["--workers", workers.ToString(CultureInfo.InvariantCulture), "--worker-memory", workerMemory]);

    private async Task<StartedServer> StartAsync(int port, string[] arguments)
    {
        if (_script is null) Assert.Skip("There is no ../shared/spark/spark to start a server with.");
        return new StartedServer((await RunAsync(["start", "--version", Version, .. arguments], port)).Trim(), command => RunAsync(command, port));
    }

    private Task<string> RunAsync(params string[] arguments) => RunAsync(arguments, _port);

    private async Task<string> RunAsync(string[] arguments, int port)
    {
        var start = new ProcessStartInfo(_script!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.ArgumentList.Add("--port");
        start.ArgumentList.Add(port.ToString(CultureInfo.InvariantCulture));
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"The Spark server did not start: {await error}");
    }

    private static string? FindScript()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Tauro.FeatureStore.sln"))) continue;
            var script = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "spark", "spark"));
            return File.Exists(script) ? script : null;
        }

        return null;
    }
}

public sealed partial class StartedServer(string endpoint, Func<string[], Task<string>> run) : IAsyncDisposable
{
    private bool _stopped;

    public string Endpoint => endpoint;

    public Uri Page => SparkServer.PageOf(endpoint);

    /// <summary>Kills a worker and its executor at once.</summary>
    public Task KillWorkerAsync(int number) => run(["kill-worker", number.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>Kills the server itself at once, so that it can say goodbye to nobody.</summary>
    public async Task KillAsync()
    {
        var id = ServerProcess().Match(await run(["status"])).Groups[1].Value;
        using var process = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
        process.Kill();
    }

    public async Task StopAsync()
    {
        if (_stopped) return;
        _stopped = true;
        await run(["stop"]);
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    [GeneratedRegex(@"^connect up pid (\d+) ", RegexOptions.Multiline)]
    private static partial Regex ServerProcess();
}
