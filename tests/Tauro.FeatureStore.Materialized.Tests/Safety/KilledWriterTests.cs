using System.Diagnostics;
using System.Globalization;

namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>
/// A process that appends, merges, backfills, compacts, writes checkpoints and vacuums is killed at random moments, again and again over one table. After each kill
/// the table opens, holds what was said to be done and at most the write at work, whole, and the next process goes on. The environment variable <c>TAURO_KILLS</c>
/// asks for more kills than the usual.
/// </summary>
public sealed class KilledWriterTests
{
    private const int Kills = 100;
    private const int LeastKills = 20;

    /// <summary>What the usual run may take on a busy machine.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(60);

    private const int Users = 40;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_writer_leaves_a_committed_state()
    {
        var kills = int.TryParse(Environment.GetEnvironmentVariable("TAURO_KILLS"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : Kills;
        await using var folder = new StoreFolder();
        await folder.RegisterAsync();
        var random = new Random(7);
        var expected = new Dictionary<int, int>();
        var begun = 0;
        var started = TimeProvider.System.GetTimestamp();
        for (var kill = 0; kill < kills; kill++)
        {
            if (kills == Kills && kill >= LeastKills && TimeProvider.System.GetElapsedTime(started) > Budget) break;
            var lines = await WriteUntilKilledAsync(folder.Root, kill, random.Next(5, 400));
            begun += lines.Count(line => line.StartsWith("begin", StringComparison.Ordinal));
            var pending = Replay(lines, expected);
            Check(await folder.ReadAllAsync(), expected, pending, $"kill {kill}: {string.Join(" | ", lines.TakeLast(3))}");
        }

        Assert.True(begun >= LeastKills, $"Only {begun} operations were begun.");
    }

    private static async Task<List<string>> WriteUntilKilledAsync(string folder, int seed, int milliseconds)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "Tauro.FeatureStore.CrashWriter.dll"), folder, seed.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var lines = new List<string>();
        var errors = process.StandardError.ReadToEndAsync(Token);
        if (await process.StandardOutput.ReadLineAsync(Token) is not "ready") Assert.Fail(await errors);
        var reading = Task.Run(async () =>
        {
            while (await process.StandardOutput.ReadLineAsync(Token) is { } line) lines.Add(line);
        }, Token);
        await Task.Delay(milliseconds, Token);
        Assert.False(process.HasExited, process.HasExited ? await errors : "");
        process.Kill();
        await process.WaitForExitAsync(Token);
        await reading;
        return lines;
    }

    /// <summary>Takes in what was done; gives the operation that was at work, or null.</summary>
    private static (int Operation, int Hour, int Age)? Replay(List<string> lines, Dictionary<int, int> expected)
    {
        (int Operation, int Hour, int Age)? pending = null;
        foreach (var line in lines)
        {
            if (line == "done")
            {
                if (pending is { Operation: < 7 } write) expected[write.Hour] = write.Age;
                pending = null;
            }
            else if (line.Split(' ') is ["begin", var operation, var hour, var age] && int.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                pending = (int.Parse(operation, CultureInfo.InvariantCulture), int.Parse(hour, CultureInfo.InvariantCulture), number);
            }
        }

        return pending;
    }

    private static void Check((long User, int Hour, int Age)[] rows, Dictionary<int, int> expected, (int Operation, int Hour, int Age)? pending, string place)
    {
        var found = rows.GroupBy(row => row.Hour).ToDictionary(hour => hour.Key, hour => hour.ToArray());
        foreach (var (hour, own) in found)
        {
            Assert.True(own.Length == Users && own.Select(row => row.User).Distinct().Count() == Users, $"{place}: hour {hour} has {own.Length} rows.");
            Assert.True(own.Select(row => row.Age).Distinct().Count() == 1, $"{place}: hour {hour} has half of a write.");
        }

        if (pending is { Operation: < 7 } write && (!found.TryGetValue(write.Hour, out var at) || at[0].Age != expected.GetValueOrDefault(write.Hour, -1)))
        {
            // The write at work may be there, or, of the two writes of an append, the first alone.
            Assert.True(found.ContainsKey(write.Hour) ? at![0].Age == write.Age : write.Operation < 2 || !expected.ContainsKey(write.Hour), $"{place}: hour {write.Hour} has neither state.");
            if (at is null) expected.Remove(write.Hour);
            else expected[write.Hour] = write.Age;
        }

        Assert.Equal(expected.OrderBy(pair => pair.Key), found.Select(pair => KeyValuePair.Create(pair.Key, pair.Value[0].Age)).OrderBy(pair => pair.Key));
    }
}
