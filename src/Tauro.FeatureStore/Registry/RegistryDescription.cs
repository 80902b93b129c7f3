using System.Globalization;
using System.Text;

namespace Tauro.FeatureStore;

/// <summary>Writes what the registry knows of a name as text for people.</summary>
internal sealed class RegistryDescription(RegistryState state)
{
    private const string Absent = "-";

    private readonly LineageWalk _lineage = new(state);
    private readonly StringBuilder _text = new();

    public string Of(string name, FeatureStoreMetadata registry)
    {
        if (_lineage.Resolve(name).Kind == LineageKind.TrainingSet) return Of(registry.GetTrainingSet(name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..]));
        var (groupName, version, featureName) = RegistryName.Parse(name);
        var group = registry.GetFeatureGroup(groupName, version);
        return featureName is null
            ? Of(group, version is null ? [.. state.Groups[group.Name].Values] : [group])
            : Of(group, group.GetFeature(featureName));
    }

    private string Of(FeatureGroupSchema group, IReadOnlyList<FeatureGroupSchema> versions)
    {
        Line($"{(versions.Count > 1 ? group.Name : group.QualifiedName)}: feature group of {group.Owner}{Sentence(group.Description)}");
        if (group.Tags.Count > 0) Line($"tags: {string.Join(", ", group.Tags.Select(tag => $"{tag.Key}={tag.Value}"))}");
        foreach (var deprecation in state.Deprecations.Values.Where(deprecation => RegistryName.Parse(deprecation.Name).Group.Equals(group.Name, StringComparison.OrdinalIgnoreCase))) Line($"deprecated: {deprecation}");
        Line("");
        SideBySide(versions);
        for (var i = 1; i < versions.Count; i++)
        {
            Line("");
            Line(SchemaComparison.Between(versions[i - 1], versions[i]).ToString());
        }

        WriteLineage(_lineage.Group(group));
        return _text.ToString();
    }

    private string Of(FeatureGroupSchema group, FeatureSchema feature)
    {
        Line($"{group.QualifiedName}.{feature.Name}: {TypeOf(feature)}, {feature.FeatureType}, of {group.Owner}{Sentence(feature.Description)}");
        if (feature.Metadata.Count > 0) Line($"metadata: {feature.Metadata}");
        if (state.FindDeprecation(group, feature) is { } deprecation) Line($"deprecated: {deprecation}");
        foreach (var definition in state.DefinitionsOf(group).Where(definition => definition.Features.Contains(feature.Name, StringComparer.OrdinalIgnoreCase))) Line($"computed by: {definition.Sql}");
        WriteLineage(_lineage.Feature(group, feature));
        return _text.ToString();
    }

    private string Of(SavedTrainingSet set)
    {
        Line(string.Create(CultureInfo.InvariantCulture, $"{LineageWalk.TrainingSet(set).Name}: saved {set.CreatedTime.UtcDateTime:yyyy-MM-dd HH:mm:ss} by {set.Author}, {set.Spine.RowCount} rows, times in '{set.TimeColumn}'"));
        foreach (var feature in set.Features) Line($"  {feature}");
        foreach (var (table, version) in set.TableVersions)
            Line(version switch
            {
                null => $"  {table}: computed, without a version",
                < 0 => $"  {table}: not written yet",
                _ => string.Create(CultureInfo.InvariantCulture, $"  {table}: version {version} of its table"),
            });
        WriteLineage(LineageWalk.TrainingSet(set));
        return _text.ToString();
    }

    /// <summary>A line for each column that any version has, and a column of text for each version.</summary>
    private void SideBySide(IReadOnlyList<FeatureGroupSchema> versions)
    {
        var rows = new List<string[]> { (string[])["", .. versions.Select(version => version.QualifiedName)] };
        foreach (var name in versions.SelectMany(version => version.ColumnNames()).Distinct(StringComparer.OrdinalIgnoreCase))
            rows.Add([name, .. versions.Select(version => CellOf(version, name))]);
        foreach (var (title, cell) in (ReadOnlySpan<(string, Func<FeatureGroupSchema, string>)>)[
            ("(lookback)", version => version.Lookback?.ToString("c") ?? Absent),
            ("(delay)", version => version.AvailabilityDelay == TimeSpan.Zero ? Absent : version.AvailabilityDelay.ToString("c"))])
            if (versions.Any(version => cell(version) != Absent)) rows.Add([title, .. versions.Select(cell)]);
        int[] widths = [.. Enumerable.Range(0, versions.Count + 1).Select(column => rows.Max(row => row[column].Length))];
        foreach (var row in rows) Line($"  {string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column])))}".TrimEnd());
    }

    private static string CellOf(FeatureGroupSchema schema, string column)
    {
        bool Is(string? name) => column.Equals(name, StringComparison.OrdinalIgnoreCase);
        if (schema.EntityKeys.FirstOrDefault(key => Is(key.Name)) is { } key) return $"key {key.DataType?.ToString() ?? "of the first write"}";
        if (Is(schema.TimestampKey)) return $"event time {schema.TimestampType}";
        if (Is(schema.CreatedTimestampKey)) return "created time TIMESTAMP";
        return schema.FindFeature(column) is { } feature ? TypeOf(feature) : Absent;
    }

    private static string TypeOf(FeatureSchema feature) => string.Create(CultureInfo.InvariantCulture,
        $"{feature.DataType}{(feature.VectorLength is { } length ? $" of {length}" : "")}{(feature.Nullable ? "" : " not null")}");

    private void WriteLineage(LineageNode node)
    {
        var graph = LineageGraph.Of(state);
        Line("");
        Line($"made from: {Names(graph.Upstream(node))}");
        Line($"used by: {Names(graph.Downstream(node))}");
    }

    private static string Names(IReadOnlyList<LineageNode> nodes) => nodes.Count == 0 ? "nothing" : string.Join(", ", nodes);

    private static string Sentence(string description) => description.Length == 0 ? "" : $". {description}";

    private void Line(string line) => _text.Append(line).Append('\n');
}
