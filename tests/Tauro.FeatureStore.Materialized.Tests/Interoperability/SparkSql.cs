using System.Diagnostics;
using System.Text.Json;

namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>A real Spark with Delta Lake, which shares no code with this library. It stands beside the repository; tests are skipped without it, but not in CI.</summary>
internal static class SparkSql
{
    public static string[] Versions => ["3.5.7", "4.1.2"];

    /// <summary>Runs statements in a process of its own and returns the rows of all of them, one JSON object each.</summary>
    public static async Task<IReadOnlyList<JsonElement>> RunAsync(string version, params string[] statements)
    {
        var script = Find();
        if (script is null && Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail("There is no Spark at ../shared/spark/spark, and CI needs it.");
        Assert.SkipWhen(script is null, "There is no Spark at ../shared/spark/spark beside the repository.");
        var start = new ProcessStartInfo(script!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["sql", "--version", version, .. statements]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"Spark {version} failed: {await errors}\n{output}");
        return [.. output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", "spark", "spark") is var script && File.Exists(script)) return script;
        return null;
    }
}
