using System.Text;
using System.Text.Json;

namespace Tauro.FeatureStore;

/// <summary>
/// Writes the registry's lineage as static events of OpenLineage 2-0-2: groups, sources and training sets are datasets, features are their columns, and whatever makes one
/// from another is a job.
/// </summary>
internal sealed class OpenLineageEvents(RegistryState state, string jobNamespace, DateTimeOffset time)
{
    private const string Producer = "urn:tauro:feature-store";
    private const string Specification = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/";
    private const string Facets = "https://openlineage.io/spec/facets/";

    private readonly LineageWalk _lineage = new(state);
    private readonly List<string> _events = [];

    public IReadOnlyList<string> Write()
    {
        foreach (var group in state.Groups.Values.SelectMany(versions => versions.Values)) Event("DatasetEvent", json => WriteGroup(json, group));
        foreach (var set in state.TrainingSets.Values.SelectMany(versions => versions)) WriteTrainingSet(set);
        foreach (var group in state.Groups.Values.SelectMany(versions => versions.Values))
            foreach (var definition in state.DefinitionsOf(group)) WriteDefinition(group, definition);
        foreach (var (name, _) in state.Lineage.OrderBy(said => said.Key, StringComparer.OrdinalIgnoreCase)) WriteSaid(_lineage.Resolve(name));
        return _events;
    }

    private void WriteGroup(Utf8JsonWriter json, FeatureGroupSchema group)
    {
        json.WriteStartObject("dataset");
        WriteName(json, DatasetOf(_lineage.Group(group)).Name);
        json.WriteStartObject("facets");
        Facet(json, "schema", "1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet", () =>
        {
            json.WriteStartArray("fields");
            foreach (var key in group.EntityKeys) WriteField(json, key.Name, key.DataType, "entity key");
            if (group.TimestampKey is { } timestamp) WriteField(json, timestamp, group.TimestampType, "event time");
            if (group.CreatedTimestampKey is { } created) WriteField(json, created, DataType.Timestamp, "created time");
            foreach (var feature in group.Features) WriteField(json, feature.Name, feature.DataType, feature.Description);
            json.WriteEndArray();
        });
        Facet(json, "ownership", "1-0-1/OwnershipDatasetFacet.json#/$defs/OwnershipDatasetFacet", () =>
        {
            json.WriteStartArray("owners");
            json.WriteStartObject();
            json.WriteString("name", group.Owner);
            json.WriteEndObject();
            json.WriteEndArray();
        });
        if (group.Description.Length > 0)
            Facet(json, "documentation", "1-1-0/DocumentationDatasetFacet.json#/$defs/DocumentationDatasetFacet", () => json.WriteString("description", group.Description));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteDefinition(FeatureGroupSchema group, VirtualFeatureDefinition definition)
    {
        var node = _lineage.Definition(group, definition);
        Event("JobEvent", json =>
        {
            json.WriteStartObject("job");
            WriteName(json, node.Name);
            json.WriteStartObject("facets");
            Facet(json, "sql", "1-1-0/SQLJobFacet.json#/$defs/SQLJobFacet", () => json.WriteString("query", definition.Sql));
            json.WriteEndObject();
            json.WriteEndObject();
            WriteInputs(json, _lineage.DirectlyUpstream(node));
            WriteOutput(json, DatasetOf(_lineage.Group(group)).Name, []);
        });
    }

    private void WriteTrainingSet(SavedTrainingSet set)
    {
        var node = LineageWalk.TrainingSet(set);
        var columns = set.Features.Zip(_lineage.DirectlyUpstream(node), (feature, used) => (Column: feature.Alias ?? feature.Feature, Used: used)).ToList();
        WriteJob(node.Name, columns.Select(column => column.Used), node.Name, columns.GroupBy(column => column.Column).ToDictionary(column => column.Key, column => column.Select(item => item.Used)));
    }

    private void WriteSaid(LineageNode node)
    {
        List<LineageNode> said = [.. _lineage.DirectlyUpstream(node).Where(used => used.Kind is LineageKind.Source || node.Kind is not LineageKind.Group || DatasetOf(used) != DatasetOf(node))];
        if (said.Count == 0) return;
        var (dataset, column) = DatasetOf(node);
        WriteJob($"lineage:{node.Name}", said, dataset, column is null ? [] : new Dictionary<string, IEnumerable<LineageNode>> { [column] = said });
    }

    private void WriteJob(string job, IEnumerable<LineageNode> inputs, string output, Dictionary<string, IEnumerable<LineageNode>> columns) => Event("JobEvent", json =>
    {
        json.WriteStartObject("job");
        WriteName(json, job);
        json.WriteEndObject();
        WriteInputs(json, inputs);
        WriteOutput(json, output, columns);
    });

    private void WriteInputs(Utf8JsonWriter json, IEnumerable<LineageNode> inputs)
    {
        json.WriteStartArray("inputs");
        foreach (var dataset in inputs.Select(input => DatasetOf(input).Name).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            json.WriteStartObject();
            WriteName(json, dataset);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteOutput(Utf8JsonWriter json, string dataset, Dictionary<string, IEnumerable<LineageNode>> columns)
    {
        json.WriteStartArray("outputs");
        json.WriteStartObject();
        WriteName(json, dataset);
        var known = columns.Select(column => (column.Key, Inputs: column.Value.Select(DatasetOf).Where(input => input.Column is not null).ToList())).Where(column => column.Inputs.Count > 0).ToList();
        if (known.Count > 0)
        {
            json.WriteStartObject("facets");
            Facet(json, "columnLineage", "1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet", () =>
            {
                json.WriteStartObject("fields");
                foreach (var (column, inputs) in known)
                {
                    json.WriteStartObject(column);
                    json.WriteStartArray("inputFields");
                    foreach (var input in inputs)
                    {
                        json.WriteStartObject();
                        WriteName(json, input.Name);
                        json.WriteString("field", input.Column);
                        json.WriteEndObject();
                    }

                    json.WriteEndArray();
                    json.WriteEndObject();
                }

                json.WriteEndObject();
            });
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>The dataset of a node, and its column where the node is one: a feature is a column of its group.</summary>
    private static (string Name, string? Column) DatasetOf(LineageNode node)
    {
        if (node.Kind == LineageKind.Feature && node.Name.LastIndexOf('.') is > 0 and var dot) return (node.Name[..dot], node.Name[(dot + 1)..]);
        return node.Kind == LineageKind.Definition ? (node.Name[..node.Name.IndexOf('(', StringComparison.Ordinal)], null) : (node.Name, null);
    }

    private void Event(string kind, Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("eventTime", time);
            json.WriteString("producer", Producer);
            json.WriteString("schemaURL", Specification + kind);
            write(json);
            json.WriteEndObject();
        }

        _events.Add(Encoding.UTF8.GetString(stream.ToArray()));
    }

    private void WriteName(Utf8JsonWriter json, string name)
    {
        json.WriteString("namespace", jobNamespace);
        json.WriteString("name", name);
    }

    private static void WriteField(Utf8JsonWriter json, string name, DataType? type, string description)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        if (type is not null) json.WriteString("type", type.ToString());
        if (description.Length > 0) json.WriteString("description", description);
        json.WriteEndObject();
    }

    private static void Facet(Utf8JsonWriter json, string name, string schema, Action write)
    {
        json.WriteStartObject(name);
        json.WriteString("_producer", Producer);
        json.WriteString("_schemaURL", Facets + schema);
        write();
        json.WriteEndObject();
    }
}
