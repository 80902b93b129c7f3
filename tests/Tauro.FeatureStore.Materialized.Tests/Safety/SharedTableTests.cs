using System.Diagnostics;
using System.Globalization;

namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>Several processes append and merge to one table at once: what each was told is written is there once, and each version is one of their writes.</summary>
public sealed class SharedTableTests
{
    private const int Writers = 3;
    private const int Writes = 18;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_acknowledged_write_of_several_processes_is_there_once()
    {
        await using var folder = new StoreFolder();
        await folder.RegisterAsync();
        var lines = (await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => RunAsync(folder.Root, writer)))).SelectMany(own => own).ToArray();

        var rows = lines.Where(line => !line.IsMerge).Select(line => ((long)line.Writer, line.Number + 1, line.Number));
        var merged = lines.Where(line => line.IsMerge).GroupBy(line => line.Writer).Select(own => ((long)own.Key, 0, own.Max(line => line.Number)));
        Assert.Equal(Writers * Writes, lines.Length);
        Assert.Equal(rows.Concat(merged).Order(), await folder.ReadAllAsync());
        Assert.Equal(Enumerable.Range(0, lines.Length).Select(version => (long)version), lines.Select(line => line.Version).Order());
        var info = await folder.Store.GetStorageInfoAsync("users", Token);
        Assert.Equal(lines.Select(line => line.Version).Order(), info.Versions.Select(version => version.Version));
        var moments = info.Versions.Select(version => version.CreatedTime).ToArray();
        Assert.Equal(moments.Distinct().Order(), moments);
    }

    private static async Task<List<(int Writer, bool IsMerge, int Number, long Version)>> RunAsync(string folder, int writer)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "Tauro.FeatureStore.CrashWriter.dll"), "share", folder, Text(writer), Text(Writes)];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(Token);
            var output = await process.StandardOutput.ReadToEndAsync(Token);
            await process.WaitForExitAsync(Token);
            Assert.True(process.ExitCode == 0, await errors);
            return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
                .Select(words => (writer, words[0] == "merged", int.Parse(words[1], CultureInfo.InvariantCulture), long.Parse(words[2], CultureInfo.InvariantCulture)))];
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
