using System.Reflection;

namespace Tauro.FeatureStore.Documentation.Tests;

public sealed class ReadmeTests
{
    private static readonly string Readme = Repository.Read("README.md");

    [Fact]
    public void The_first_example_is_the_sample_that_runs() =>
        Assert.Equal(Repository.Read("samples", "FirstSteps", "Program.cs"), Repository.Blocks(Readme, "csharp")[0]);

    [Fact]
    public void The_first_example_prints_what_the_readme_says()
    {
        var printed = Run("FirstSteps").TrimEnd();
        Assert.Equal(printed, Repository.Blocks(Readme, "text")[0].TrimEnd());
    }

    [Fact]
    public void The_quickstart_holds_what_it_claims() => Assert.Contains("0 did not", Run("Quickstart"), StringComparison.Ordinal);

    [Fact]
    public void The_two_commands_are_those_that_ci_runs()
    {
        var commands = Repository.Blocks(Readme, "bash");
        Assert.Contains(commands, block => block.Contains("dotnet run --project samples/Quickstart\n", StringComparison.Ordinal));
        Assert.Contains(commands, block => block.Contains("dotnet test\n", StringComparison.Ordinal));
        Assert.Contains("\ndotnet test 2>&1", Repository.Read(".ci", "run"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_on_the_registry_shows_the_sample_that_runs_and_what_it_prints()
    {
        var page = Repository.Read("docs", "registry.md");
        Assert.Equal(Repository.Read("samples", "Registry", "Program.cs"), Repository.Blocks(page, "csharp")[0]);
        Assert.Equal(Repository.Blocks(page, "text")[0].TrimEnd(), Run("Registry").TrimEnd());
    }

    private static string Run(string sample)
    {
        var output = Console.Out;
        using var captured = new StringWriter { NewLine = "\n" };
        Console.SetOut(captured);
        try
        {
            var exit = Assembly.Load(sample).EntryPoint!.Invoke(null, [Array.Empty<string>()]);
            Assert.True(exit is null or 0, $"{sample} ended with {exit}");
        }
        finally
        {
            Console.SetOut(output);
        }

        return captured.ToString();
    }
}
