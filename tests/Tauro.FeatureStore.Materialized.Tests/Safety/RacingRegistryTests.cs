using System.Diagnostics;
using System.Globalization;

namespace Tauro.FeatureStore.Materialized.Tests;

public sealed class RacingRegistryTests
{
    private const int Processes = 4;
    private const int WritersOfEach = 25;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hundred_racing_writers_of_several_processes_lose_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("tauro-registry-");
        Process[] processes = [.. Enumerable.Range(0, Processes).Select(process => Start(folder.FullName, process))];
        try
        {
            foreach (var process in processes) Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(Token));
            foreach (var process in processes) await process.StandardInput.WriteLineAsync();
            foreach (var process in processes)
            {
                var errors = await process.StandardError.ReadToEndAsync(Token);
                await process.WaitForExitAsync(Token);
                Assert.True(process.ExitCode == 0, errors);
            }

            using var registry = await FeatureStoreMetadata.OpenAsync(folder.FullName, Token);
            var expected = Enumerable.Range(0, Processes).SelectMany(process => Enumerable.Range(0, WritersOfEach).Select(writer => $"group_{process}_{writer}"));
            Assert.Equal(expected.Order(StringComparer.OrdinalIgnoreCase), registry.ListFeatureGroups());
            Assert.Equal(Enumerable.Range(0, Processes * WritersOfEach).Select(number => (long)number), registry.GetHistory().Select(change => change.Number));
            Assert.Equal(Processes * WritersOfEach, folder.GetFiles("*.json", SearchOption.AllDirectories).Length);
        }
        finally
        {
            foreach (var process in processes)
            {
                if (!process.HasExited) process.Kill();
                process.Dispose();
            }

            folder.Delete(recursive: true);
        }
    }

    private static Process Start(string folder, int process)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[
            Path.Combine(AppContext.BaseDirectory, "Tauro.FeatureStore.CrashWriter.dll"), "register", folder,
            process.ToString(CultureInfo.InvariantCulture), WritersOfEach.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
