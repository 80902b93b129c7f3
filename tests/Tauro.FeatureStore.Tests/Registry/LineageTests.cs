using System.Text.Json;

namespace Tauro.FeatureStore.Tests;

public sealed class LineageTests : IDisposable
{
    private readonly FeatureStoreMetadata _registry = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static FeatureGroupSchema Users => Group("users", "age", "city");

    public void Dispose() => _registry.Dispose();

    [Fact]
    public async Task The_graph_holds_sources_definitions_features_groups_and_training_sets()
    {
        await FillAsync();
        var graph = _registry.GetLineageGraph();
        Assert.Equal(
            [
                "Source bronze.users", "Source silver.births", "Source silver.users", "Definition users(age, city)", "Feature risk.score", "Feature users.age", "Feature users.city",
                "Group risk", "Group users", "TrainingSet training_set:churn@1",
            ],
            graph.Nodes.Select(node => $"{node.Kind} {node.Name}"));
        Assert.Equal(
            [
                "bronze.users > silver.users", "risk.score > risk", "risk.score > training_set:churn@1", "silver.births > users.age", "silver.users > users(age, city)",
                "users(age, city) > users.age", "users(age, city) > users.city", "users.age > risk.score", "users.age > users", "users.city > training_set:churn@1", "users.city > users",
            ],
            graph.Edges.Select(edge => $"{edge.From} > {edge.To}"));
    }

    [Fact]
    public async Task The_lineage_is_transitive_up_and_down()
    {
        await FillAsync();
        Assert.Equal(["bronze.users", "silver.births", "silver.users", "users(age, city)", "users.age"], _registry.GetUpstream("risk.score"));
        Assert.Equal(["bronze.users", "risk.score", "silver.births", "silver.users", "users(age, city)", "users.age", "users.city"], _registry.GetUpstream("training_set:churn"));
        Assert.Equal(["risk", "risk.score", "training_set:churn@1", "users", "users.age"], _registry.GetDownstream("silver.births"));
        Assert.Contains("training_set:churn@1", _registry.GetDownstream("Bronze.Users"));
        Assert.Equal(["silver.births", "silver.users"], _registry.GetLineage("users.age"));
        Assert.Empty(_registry.GetDownstream("nope"));
        var around = _registry.GetLineageGraph() is var graph ? graph.Around(graph.Find("silver.births")!) : null;
        Assert.Equal(["silver.births", "risk.score", "users.age", "risk", "users", "training_set:churn@1"], around!.Nodes.Select(node => node.Name));
        Assert.Contains("made from: bronze.users, silver.births", _registry.Describe("users.age"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_without_a_version_is_the_latest_and_what_is_said_of_it_holds_for_all()
    {
        await FillAsync();
        await _registry.RegisterFeatureGroupAsync(Users with { Version = 2, Features = [new FeatureSchema("age", DataType.Double)] }, Token);
        Assert.Equal(["silver.births"], _registry.GetUpstream("users.age"));
        Assert.Equal(["silver.births"], _registry.GetLineage("risk.score") is ["users.age"] ? _registry.GetUpstream("users@2.age") : []);
        Assert.Contains("users@1(age, city)", _registry.GetUpstream("users@1.age"));
        Assert.Contains("users@1.city", _registry.GetUpstream("training_set:churn@1"));
        await _registry.SetLineageAsync("users@2.age", ["silver.people"], Token);
        Assert.Equal(["silver.people"], _registry.GetUpstream("users.age"));
        Assert.Contains("silver.births", _registry.GetUpstream("users@1.age"));
    }

    [Fact]
    public async Task Cycles_are_refused_wherever_they_would_close()
    {
        await FillAsync();
        Task Set(string name, params string[] dependencies) => _registry.SetLineageAsync(name, dependencies, Token);
        await Assert.ThrowsAsync<FeatureRegistryException>(() => Set("users.age", "users.age"));
        await Assert.ThrowsAsync<FeatureRegistryException>(() => Set("users.age", "risk.score"));
        await Assert.ThrowsAsync<FeatureRegistryException>(() => Set("bronze.users", "users"));
        await Assert.ThrowsAsync<FeatureRegistryException>(() => Set("users.age", "users"));
        var error = await Assert.ThrowsAsync<FeatureRegistryException>(() => Set("silver.births", "other.table", "risk.score"));
        Assert.Contains("'risk.score'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("'other.table'", error.Message, StringComparison.Ordinal);

        await Set("gold.orders", "orders.total");
        await _registry.RegisterFeatureGroupAsync(Group("orders", "total"), Token);
        await Assert.ThrowsAsync<FeatureRegistryException>(() => _registry.DefineFeaturesAsync(
            _registry.GetFeatureGroup("orders"), [new VirtualFeatureDefinition("SELECT 1", "total") { Sources = ["gold.orders"] }], Token));
        await Set("shops.sum", "shops");
        await Assert.ThrowsAsync<FeatureRegistryException>(() => _registry.RegisterFeatureGroupAsync(Group("shops", "sum"), Token));
    }

    [Fact]
    public async Task A_definition_may_read_a_table_that_has_the_name_of_its_group()
    {
        await _registry.RegisterFeatureGroupAsync(Users, Token);
        await _registry.DefineFeaturesAsync(Users, [new VirtualFeatureDefinition("SELECT 1", "age") { Sources = ["users"] }], Token);
        Assert.Equal([LineageKind.Definition, LineageKind.Source], _registry.GetLineageGraph() is var graph ? graph.Upstream(graph.Find("users.age")!).Select(node => node.Kind).OrderDescending() : []);
    }

    [Fact]
    public async Task The_graph_is_drawn_by_graphviz_and_mermaid()
    {
        await _registry.RegisterFeatureGroupAsync(Group("risk", "score"), Token);
        await _registry.DefineFeaturesAsync(_registry.GetFeatureGroup("risk"), [new VirtualFeatureDefinition("SELECT 1", "score") { Sources = ["read \"it\" \\ #1"] }], Token);
        var graph = _registry.GetLineageGraph();
        Assert.Equal(
            """
            digraph lineage {
              rankdir=LR;
              node [shape=box];
              n0 [label="read \"it\" \\ #1", shape=cylinder];
              n1 [label="risk(score)", shape=note];
              n2 [label="risk.score", shape=ellipse];
              n3 [label="risk", shape=box];
              n0 -> n1;
              n1 -> n2;
              n2 -> n3;
            }

            """.ReplaceLineEndings("\n"), graph.ToGraphviz());
        Assert.Equal(
            """
            flowchart LR
              n0[("read #quot;it#quot; \ #35;1")]
              n1[/"risk(score)"/]
              n2(["risk.score"])
              n3["risk"]
              n0 --> n1
              n1 --> n2
              n2 --> n3

            """.ReplaceLineEndings("\n"), graph.ToMermaid());
    }

    [Fact]
    public async Task The_lineage_is_exported_as_events_of_OpenLineage()
    {
        await FillAsync();
        JsonElement[] events = [.. _registry.ExportOpenLineage("shop").Select(text => JsonDocument.Parse(text).RootElement)];
        foreach (var each in events) CheckEvent(each);
        JsonElement Job(string name) => events.Single(each => each.TryGetProperty("job", out var job) && job.GetProperty("name").GetString() == name);

        var definition = Job("users(age, city)");
        Assert.Equal("SELECT 1", definition.GetProperty("job").GetProperty("facets").GetProperty("sql").GetProperty("query").GetString());
        Assert.Equal(["silver.users"], Names(definition.GetProperty("inputs")));
        Assert.Equal(["users"], Names(definition.GetProperty("outputs")));

        var set = Job("training_set:churn@1");
        Assert.Equal(["risk", "users"], Names(set.GetProperty("inputs")));
        var fields = set.GetProperty("outputs")[0].GetProperty("facets").GetProperty("columnLineage").GetProperty("fields");
        Assert.Equal("users", fields.GetProperty("town").GetProperty("inputFields")[0].GetProperty("name").GetString());
        Assert.Equal("city", fields.GetProperty("town").GetProperty("inputFields")[0].GetProperty("field").GetString());

        var users = events.Single(each => each.TryGetProperty("dataset", out var dataset) && dataset.GetProperty("name").GetString() == "users").GetProperty("dataset").GetProperty("facets");
        Assert.Equal(["user_id", "at", "age", "city"], users.GetProperty("schema").GetProperty("fields").EnumerateArray().Select(field => field.GetProperty("name").GetString()));
        Assert.Equal("crm", users.GetProperty("ownership").GetProperty("owners")[0].GetProperty("name").GetString());
        Assert.Equal(["users"], Names(Job("lineage:risk.score").GetProperty("inputs")));
    }

    /// <summary>What the JSON schema of OpenLineage 2-0-2 asks of a dataset event and of a job event.</summary>
    private static void CheckEvent(JsonElement each)
    {
        Assert.True(each.GetProperty("eventTime").TryGetDateTimeOffset(out _));
        Assert.True(Uri.TryCreate(each.GetProperty("producer").GetString(), UriKind.Absolute, out _));
        var isJob = each.TryGetProperty("job", out var job);
        Assert.NotEqual(isJob, each.TryGetProperty("dataset", out var dataset));
        Assert.False(each.TryGetProperty("run", out _));
        Assert.Equal($"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/{(isJob ? "JobEvent" : "DatasetEvent")}", each.GetProperty("schemaURL").GetString());
        CheckNamed(isJob ? job : dataset);
        if (!isJob) return;
        foreach (var side in (string[])["inputs", "outputs"])
            foreach (var named in each.GetProperty(side).EnumerateArray()) CheckNamed(named);
    }

    private static void CheckNamed(JsonElement named)
    {
        Assert.Equal("shop", named.GetProperty("namespace").GetString());
        Assert.NotEmpty(named.GetProperty("name").GetString()!);
        if (!named.TryGetProperty("facets", out var facets)) return;
        foreach (var facet in facets.EnumerateObject())
        {
            Assert.True(Uri.TryCreate(facet.Value.GetProperty("_producer").GetString(), UriKind.Absolute, out _));
            Assert.StartsWith("https://openlineage.io/spec/facets/", facet.Value.GetProperty("_schemaURL").GetString(), StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Names(JsonElement datasets) => datasets.EnumerateArray().Select(dataset => dataset.GetProperty("name").GetString()!).Order(StringComparer.Ordinal);

    private async Task FillAsync()
    {
        await _registry.RegisterFeatureGroupAsync(Users, Token);
        await _registry.RegisterFeatureGroupAsync(Group("risk", "score"), Token);
        await _registry.DefineFeaturesAsync(Users, [new VirtualFeatureDefinition("SELECT 1", "age", "city") { Sources = ["silver.users"] }], Token);
        await _registry.SetLineageAsync("silver.users", ["bronze.users"], Token);
        await _registry.SetLineageAsync("users.age", ["silver.births"], Token);
        await _registry.SetLineageAsync("risk.score", ["users.age"], Token);
        await _registry.SaveTrainingSetAsync(
            new SavedTrainingSet("churn", 1)
            {
                Features = ["users@1.city as town", "risk@1.score"],
                TimeColumn = "at",
                Options = RetrievalOptions.Default,
                TableVersions = new Dictionary<string, long?> { ["users@1"] = null, ["risk@1"] = 3 },
                Spine = new TableFingerprint(0, []),
                Answer = new TableFingerprint(0, []),
            },
            Token);
    }

    private static FeatureGroupSchema Group(string name, params string[] features) => new(name)
    {
        EntityKeys = ["user_id"],
        TimestampKey = "at",
        Owner = "crm",
        Features = [.. features.Select(feature => new FeatureSchema(feature, DataType.Int))],
    };
}
