using System.Text.RegularExpressions;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>Parquet files as Spark reads them, and what is selected of their rows. A file that is missing or broken is an error.</summary>
/// <param name="Paths">The files.</param>
/// <param name="Expressions">What is selected.</param>
internal sealed partial record ParquetRelation(IReadOnlyList<string> Paths, IReadOnlyList<string> Expressions)
{
    /// <summary>The columns and their types; null for those of the files.</summary>
    public IReadOnlyList<PlanColumn>? Columns { get; init; }

    /// <summary>The options of a read, by which dates before 1582 are what they say, as every other engine reads them.</summary>
    public static IReadOnlyList<(string Key, string Value)> Options { get; } =
    [
        ("datetimeRebaseMode", "CORRECTED"), ("int96RebaseMode", "CORRECTED"), ("ignoreMissingFiles", "false"), ("ignoreCorruptFiles", "false"),
    ];

    /// <summary>The paths, none of which Spark takes for a pattern.</summary>
    public IEnumerable<string> LiteralPaths => Paths.Select(path => PatternSign().Replace(path, @"\$0"));

    /// <summary>The columns as Spark writes a schema; null for those of the files.</summary>
    public string? Schema => Columns is null ? null
        : string.Join(", ", Columns.Select(column => $"{SparkDialect.Instance.Identifier(column.Name)} {SparkDialect.Instance.TypeName(column.Type)}"));

    /// <summary>What Spark would take for a pattern of paths.</summary>
    [GeneratedRegex(@"[{}\[\]*?\\]")]
    private static partial Regex PatternSign();
}
