using System.Globalization;

namespace Tauro.FeatureStore.Specification;

/// <summary>
/// Thousands of reads of histories made by chance, each compared with the oracle. The same seeds are played in every run; the environment variables
/// <c>TAURO_SPECIFICATION_SEED</c> and <c>TAURO_SPECIFICATION_HISTORIES</c> name another first seed and another number of histories.
/// </summary>
public abstract class GeneratedCasesSpecification(TestStore test) : Specification(test)
{
    private const ulong FirstSeed = 1;

    [Fact]
    public async Task Every_answer_is_the_oracles()
    {
        var first = Setting("TAURO_SPECIFICATION_SEED", FirstSeed);
        var count = Setting("TAURO_SPECIFICATION_HISTORIES", (ulong)Test.GeneratedHistories);
        var reads = 0;
        for (var seed = first; seed < first + count; seed++)
        {
            var history = new CaseGenerator(seed, Test.PackedHistories).Generate();
            if (await PlayAsync(history, runner => reads += runner.Reads) is not null) Assert.Fail(await ReportAsync(seed, history));
        }

        Assert.True(reads >= (int)count * 10, $"Only {reads} reads were compared.");
    }

    private async Task<string> ReportAsync(ulong seed, GeneratedCase history)
    {
        var smallest = await CaseShrinker.ShrinkAsync(history, async candidate => await PlayAsync(candidate) is not null);
        var difference = await PlayAsync(smallest) ?? "The case fails, but not always.";
        var heading = string.Create(CultureInfo.InvariantCulture, $"Seed {seed} on {Test.Name}.");
        return string.Join(Environment.NewLine, heading, difference, "The smallest case found:", CasePrinter.Print(smallest));
    }

    private async Task<string?> PlayAsync(GeneratedCase history, Action<CaseRunner>? afterwards = null)
    {
        await using var fresh = Test.Fresh();
        var runner = new CaseRunner(fresh, history);
        var difference = await runner.RunAsync(Cancel);
        afterwards?.Invoke(runner);
        return difference;
    }

    private static ulong Setting(string variable, ulong usual) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var set) ? set : usual;
}
