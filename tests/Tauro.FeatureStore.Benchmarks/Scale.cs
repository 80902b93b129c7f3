using System.Globalization;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>How large the tables of a benchmark are.</summary>
internal sealed record Scale(int Spine, int Rows, int Entities, int Writes, int Rounds, int Features, string? Folder, IReadOnlyList<string> Contestants)
{
    private static string? FolderOf(string[] options) => Array.IndexOf(options, "--folder") is >= 0 and var at ? options[at + 1] : null;

    public static Scale Parse(string[] options)
    {
        int Option(string name, int standard)
        {
            var at = Array.IndexOf(options, name);
            return at < 0 ? standard : int.Parse(options[at + 1], NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        }

        History.UseFeatures(Option("--features", 6));
        return new Scale(Option("--spine", 1_000_000), Option("--rows", 10_000_000), Option("--entities", 100_000), Option("--writes", 1), Option("--rounds", 3), Option("--features", 6), FolderOf(options), Array.IndexOf(options, "--contestants") is >= 0 and var at ? options[at + 1].Split(',') : ["managed", "DuckDB executor"]);
    }
}
