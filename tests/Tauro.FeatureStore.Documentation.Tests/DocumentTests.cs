using System.Reflection;
using System.Text.RegularExpressions;

namespace Tauro.FeatureStore.Documentation.Tests;

/// <summary>The documents say what is so: their examples are code that runs, their links lead somewhere, and their tables leave nothing out.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] Code = [.. Sources("samples").Concat(Sources("tests")).Select(Lines)];

    public static TheoryData<string> Documents => [.. Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md")
        .Concat(Directory.EnumerateFiles(Repository.PathOf("src"), "README.md", SearchOption.AllDirectories))
        .Append(Repository.PathOf("README.md")).Select(file => Path.GetRelativePath(Repository.PathOf(), file))];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_example_is_taken_from_code_that_runs(string document)
    {
        foreach (var block in Repository.Blocks(Repository.Read(document), "csharp"))
            Assert.True(Code.Any(code => code.Contains(Lines(block), StringComparison.Ordinal)), $"{document} has an example that is in no sample and in no test:\n{block}");
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_leads_to_a_file(string document)
    {
        foreach (Match link in Link().Matches(Repository.Read(document)))
            if (!link.Groups[1].Value.Contains("://", StringComparison.Ordinal))
                Assert.True(Path.Exists(Repository.PathOf(Path.GetDirectoryName(document)!, link.Groups[1].Value)), $"{document} links to {link.Groups[1].Value}, which is not there.");
    }

    [Fact]
    public void The_contents_list_every_document()
    {
        var contents = Repository.Read("docs", "README.md");
        Assert.All(Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md").Select(file => Path.GetFileName(file)).Where(name => name != "README.md"),
            name => Assert.Contains($"]({name})", contents, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_exception_is_in_the_catalogue_thrown_somewhere_and_tested()
    {
        var catalogue = Repository.Read("docs", "errors.md");
        var (source, tests) = (string.Concat(Sources("src").Select(File.ReadAllText)), string.Concat(Sources("tests").Select(File.ReadAllText)));
        var exceptions = Packages().SelectMany(package => package.GetExportedTypes()).Where(type => type.IsAssignableTo(typeof(Exception))).Select(type => type.Name).ToArray();

        Assert.True(exceptions.Length >= 12, $"{exceptions.Length} exceptions were found");
        Assert.All(exceptions, name => Assert.Contains($"| `{name}` |", catalogue, StringComparison.Ordinal));
        Assert.All(exceptions, name => Assert.Matches($@"new {name}\(|\b{name} \w+\([^;]*\)\s*=>\s*new\(", source));
        Assert.All(exceptions, name => Assert.Matches($@"(Throws(Any)?(Async)?|Refuses\w*|IsType)<{name}>", tests));
    }

    [Theory]
    [InlineData("", typeof(FeatureStoreOptions))]
    [InlineData("materialized:", typeof(MaterializedOptions))]
    [InlineData("virtualized:", typeof(VirtualizedOptions))]
    [InlineData("duckdb:", typeof(DuckDBOptions))]
    [InlineData("spark:", typeof(SparkOptions))]
    public void Every_option_is_in_the_table_of_the_configuration(string section, Type options)
    {
        var table = Repository.Read("docs", "configuration.md");
        Assert.All(options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite),
            property => Assert.Contains($"`{section}{Word().Replace(property.Name, "_$0").ToLowerInvariant()}`", table, StringComparison.Ordinal));
    }

    [Fact]
    public void The_type_names_of_the_migration_table_exist()
    {
        var known = Packages().SelectMany(package => package.GetExportedTypes()).SelectMany(type => type.GetMembers().Select(member => member.Name).Append(type.Name)).ToHashSet();
        var rows = Repository.Read("docs", "migration.md").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|')[2]);
        var names = rows.SelectMany(row => Name().Matches(row).Select(match => match.Groups[1].Value)).Distinct().ToArray();

        Assert.True(names.Length > 30, $"{names.Length} names were found");
        Assert.Equal(["Error", "Exception", "ILogger"], names.Except(known).Order());
    }

    private static IEnumerable<Assembly> Packages() => PublicApiTests.Packages.Select(package => Assembly.Load(package.Data));

    private static IEnumerable<string> Sources(string folder) => Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && !file.EndsWith("DocumentTests.cs", StringComparison.Ordinal));

    private static string Lines(string file) => Trimmed(File.Exists(file) ? File.ReadAllText(file) : file);

    /// <summary>Without what stands before and after each line: an example may be indented otherwise than its code.</summary>
    private static string Trimmed(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Trim('\n').Split('\n').Select(line => line.Trim()));

    [GeneratedRegex(@"\]\(([^)#]+)[^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Word();

    [GeneratedRegex(@"(?:`|\.|new )([A-Z]\w+)")]
    private static partial Regex Name();
}
