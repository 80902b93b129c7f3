using System.Globalization;

namespace Tauro.FeatureStore.Materialized;

/// <summary>What this library understands of the protocol. Everything else is refused by its name: a table half understood gives wrong rows.</summary>
internal static class DeltaFeatures
{
    /// <summary>
    /// The writer feature of our own tables. It asks nothing of readers, but a program that does not know it may not rewrite the files, and so cannot lose
    /// the created times and the order of writing that stand in their tags.
    /// </summary>
    public const string Own = "tauro.featureStore";

    public const string AppendOnlySetting = "delta.appendOnly";
    private const int ListsFeatures = 7;

    /// <summary>The features that only ask a writer to keep rules which a table may or may not have; whether it has them is looked up.</summary>
    private static readonly string[] Conditional =
        [Own, "appendOnly", "invariants", "checkConstraints", "changeDataFeed", "generatedColumns", "identityColumns", "allowColumnDefaults"];

    /// <summary>
    /// The protocol of the tables that we make. Spark refuses even to read a table whose metadata uses a feature that its protocol does not list, and a
    /// column that may not be null is one of the invariants.
    /// </summary>
    public static DeltaProtocol NewTable { get; } = new(1, ListsFeatures, null, ValueList.Of(["appendOnly", "invariants", Own]));

    public static bool IsOurs(DeltaProtocol protocol) => protocol.WriterFeatures?.Contains(Own) == true;

    public static void CheckReadable(DeltaTable table, DeltaProtocol protocol, DeltaMetadata metadata)
    {
        if (protocol.ReaderFeatures is { Count: > 0 } features)
            throw table.Unsupported($"reading it needs the table feature {Names(features)}, which this library does not have. "
                + "Drop the feature from the table (ALTER TABLE ... DROP FEATURE), or give a copy of the table without it.");
        if (protocol.MinReaderVersion is < 1 or > 3)
            throw table.Unsupported(string.Create(CultureInfo.InvariantCulture,
                $"reading it needs version {protocol.MinReaderVersion} of the Delta protocol; this library reads versions 1 to 3."));
        if (Setting(metadata, "delta.columnMapping.mode") is { } mode && !mode.Equals("none", StringComparison.OrdinalIgnoreCase))
            throw table.Unsupported($"reading it needs the table feature 'columnMapping' (mode '{mode}'), which this library does not have. Give a copy of the table without it.");
        if (!metadata.Format.Equals(DeltaMetadata.Parquet, StringComparison.OrdinalIgnoreCase))
            throw table.Unsupported($"its files are of the format '{metadata.Format}'; only Parquet is read.");
    }

    public static void CheckUnpartitioned(DeltaTable table, DeltaMetadata metadata)
    {
        if (metadata.PartitionColumns.Count > 0)
            throw table.Unsupported($"it is partitioned by {Names(metadata.PartitionColumns)}, and values of partition columns are not in the files. Give a copy of the table without partitions.");
    }

    /// <param name="table">The table.</param>
    /// <param name="filesWithDeletions">The paths of its files with a vector of deleted rows.</param>
    public static void CheckDeletions(DeltaTable table, IEnumerable<string> filesWithDeletions)
    {
        if (filesWithDeletions.FirstOrDefault() is { } file)
            throw table.Unsupported($"rows of its file '{file}' are deleted by the table feature 'deletionVectors', which this library does not have.");
    }

    public static void CheckWritable(DeltaTable table, DeltaProtocol protocol, DeltaMetadata metadata)
    {
        if (protocol.MinWriterVersion is < 1 or > ListsFeatures)
            throw table.Unsupported(string.Create(CultureInfo.InvariantCulture,
                $"writing it needs version {protocol.MinWriterVersion} of the Delta protocol; this library writes versions 1 to {ListsFeatures}."));
        if (protocol.WriterFeatures?.Except(Conditional).ToList() is { Count: > 0 } unknown)
            throw table.Unsupported($"writing it needs the table feature {Names(unknown)}, which this library does not have. Write it with the program that made it.");
        if (RulesInForce(metadata).ToList() is { Count: > 0 } rules)
            throw table.Unsupported($"writing it needs the table feature {Names(rules)}, which is in force there and which this library does not have. "
                + "Write it with the program that made it.");
    }

    public static bool IsAppendOnly(DeltaMetadata metadata) => IsTrue(metadata, AppendOnlySetting);

    private static IEnumerable<string> RulesInForce(DeltaMetadata metadata)
    {
        var columnRules = DeltaSchemaJson.ReadRules(metadata.SchemaString);
        if (columnRules.Contains("delta.invariants")) yield return "invariants";
        if (columnRules.Contains("delta.generationExpression")) yield return "generatedColumns";
        if (columnRules.Any(rule => rule.StartsWith("delta.identity.", StringComparison.Ordinal))) yield return "identityColumns";
        if (columnRules.Contains("CURRENT_DEFAULT")) yield return "allowColumnDefaults";
        if (metadata.Configuration.Keys.Any(key => key.StartsWith("delta.constraints.", StringComparison.OrdinalIgnoreCase))) yield return "checkConstraints";
        if (IsTrue(metadata, "delta.enableChangeDataFeed")) yield return "changeDataFeed";
    }

    private static bool IsTrue(DeltaMetadata metadata, string key) => "true".Equals(Setting(metadata, key), StringComparison.OrdinalIgnoreCase);

    private static string? Setting(DeltaMetadata metadata, string key) => metadata.Configuration.TryGetValue(key, out var value) ? value : null;

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
