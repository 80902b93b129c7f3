namespace Tauro.FeatureStore.Documentation.Tests;

/// <summary>Files of the repository that the tests read.</summary>
internal static class Repository
{
    public static string PathOf(params string[] parts) => Path.Combine([Root(), .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts)).ReplaceLineEndings("\n");

    /// <summary>The fenced blocks of a Markdown text that are marked with a language, in their order.</summary>
    public static IReadOnlyList<string> Blocks(string markdown, string language)
    {
        var blocks = new List<string>();
        var opening = $"```{language}\n";
        for (var at = markdown.IndexOf(opening, StringComparison.Ordinal); at >= 0; at = markdown.IndexOf(opening, at, StringComparison.Ordinal))
        {
            at += opening.Length;
            var end = markdown.IndexOf("\n```", at, StringComparison.Ordinal);
            blocks.Add(markdown[at..(end + 1)]);
        }

        return blocks;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tauro.FeatureStore.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository, whose documents they read.");
        return folder.FullName;
    }
}
