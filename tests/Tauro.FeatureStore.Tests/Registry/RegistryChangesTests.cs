using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Tauro.FeatureStore.Tests;

public sealed class RegistryChangesTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Messages _messages = new();
    private readonly MemoryRegistryLog _log = new();
    private readonly FeatureStoreMetadata _registry;

    public RegistryChangesTests() => _registry = new FeatureStoreMetadata(_log, _clock, _messages, "ada");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static FeatureGroupSchema Users => new("users")
    {
        EntityKeys = [new EntityKey("user_id", DataType.BigInt)],
        TimestampKey = "at",
        Owner = "crm",
        Features = [new FeatureSchema("age", DataType.Int), new FeatureSchema("city", DataType.String)],
    };

    private static FeatureGroupSchema UsersTwo => Users with
    {
        Version = 2,
        Features = [new FeatureSchema("age", DataType.BigInt), new FeatureSchema("country", DataType.String) { Nullable = false }],
    };

    private static FeatureGroupSchema Orders => new("orders")
    {
        EntityKeys = ["order_id"],
        TimestampKey = "at",
        Features = [new FeatureSchema("total", DataType.Double)],
    };

    public void Dispose() => _registry.Dispose();

    [Fact]
    public void A_comparison_says_of_each_difference_whether_it_breaks_and_why()
    {
        var comparison = SchemaComparison.Between(Users, UsersTwo with { Owner = "growth" });
        Assert.False(comparison.IsCompatible);
        Assert.Equal(
            """
            users@1 -> users@2: breaking
              breaking    the feature 'age' was retyped from INT to BIGINT: rows already written have the other type
              breaking    the feature 'city' was removed or renamed: readers of it would fail
              breaking    the new feature 'country' is not nullable: rows already written have no value for it
              compatible  the owner changed from crm to growth
            """.ReplaceLineEndings("\n"), comparison.ToString());
        Assert.Equal(["age", "city", "country"], comparison.Changes.Where(change => change.IsBreaking).Select(change => change.Subject));
    }

    [Fact]
    public void What_is_compatible_says_so()
    {
        Assert.Equal("users@1 -> users@1: the same", SchemaComparison.Between(Users, Users).ToString());
        var wider = Users.AddFeature(new FeatureSchema("score", DataType.Double)) with { Tags = new Dictionary<string, string> { ["team"] = "a" } };
        var comparison = SchemaComparison.Between(Users, wider);
        Assert.True(comparison.IsCompatible);
        Assert.Contains("'score' DOUBLE is new", comparison.ToString(), StringComparison.Ordinal);
        Assert.True(SchemaComparison.Between(Users with { EntityKeys = ["user_id"] }, Users).IsCompatible);
        Assert.False(SchemaComparison.Between(Users, Users with { EntityKeys = ["user_id"] }).IsCompatible);
    }

    [Fact]
    public async Task Every_member_of_a_schema_that_changes_is_a_difference()
    {
        FeatureGroupSchema[] changed =
        [
            Users with { EntityKeys = ["other"] }, Users with { TimestampKey = "b" }, Users with { TimestampType = DataType.Date }, Users with { CreatedTimestampKey = "learned" },
            Users with { AvailabilityDelay = TimeSpan.FromDays(1) }, Users with { Lookback = TimeSpan.FromDays(1) }, Users with { Description = "x" }, Users with { Owner = "x" },
            Users with { Tags = new Dictionary<string, string> { ["a"] = "b" } }, Users with { EnforceMetadataRules = true }, Users with { Features = [Users.Features[1], Users.Features[0]] },
            Users with { Features = [Users.Features[0] with { Description = "x" }, Users.Features[1]] }, Users with { Features = [Users.Features[0] with { Nullable = false }, Users.Features[1]] },
            Users with { Features = [Users.Features[0] with { Metadata = new Dictionary<string, object?> { ["unit"] = "years" } }, Users.Features[1]] },
            Users with { Features = [new FeatureSchema("age", DataType.Int, FeatureType.Categorical), Users.Features[1]] },
        ];
        foreach (var schema in changed) Assert.Single(SchemaComparison.Between(Users, schema).Changes);
        await _registry.RegisterFeatureGroupAsync(Users, Token);
        foreach (var schema in changed) Assert.Equal(_registry.Compare(schema).IsCompatible ? PlannedAction.Update : PlannedAction.Refuse, (await _registry.PlanAsync([schema], Token)).Changes[0].Action);
    }

    [Fact]
    public async Task Versions_stand_side_by_side()
    {
        await _registry.RegisterFeatureGroupAsync(Users, Token);
        await _registry.RegisterFeatureGroupAsync(UsersTwo, Token);
        Assert.Equal([Users, UsersTwo], _registry.GetVersions("USERS"));
        Assert.Equal(SchemaComparison.Between(Users, UsersTwo).ToString(), _registry.Compare("users", 1, 2).ToString());
        Assert.Contains(
            """
                       users@1               users@2
              user_id  key BIGINT            key BIGINT
              at       event time TIMESTAMP  event time TIMESTAMP
              age      INT                   BIGINT
              city     STRING                -
              country  -                     STRING not null

            users@1 -> users@2: breaking
            """.ReplaceLineEndings("\n"), _registry.Describe("users"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_says_what_would_happen_and_changes_nothing()
    {
        await _registry.RegisterFeatureGroupAsync(Users, Token);
        await _registry.SetLineageAsync("scores.risk", ["users.city"], Token);
        var plan = await _registry.PlanAsync([Users, Users with { Owner = "new" }, UsersTwo, Orders], Token);
        Assert.True(plan.CanApply);
        Assert.Equal([PlannedAction.Nothing, PlannedAction.Update, PlannedAction.AddVersion, PlannedAction.Register], plan.Changes.Select(change => change.Action));
        Assert.Equal(["scores.risk"], plan.Changes[2].Affected);
        Assert.Contains("users@2: add a version", plan.ToString(), StringComparison.Ordinal);
        Assert.Contains("affects: scores.risk", plan.ToString(), StringComparison.Ordinal);
        Assert.Equal(["users"], _registry.ListFeatureGroups());

        await _registry.ApplyAsync(plan, Token);
        Assert.Equal(["orders", "users"], _registry.ListFeatureGroups());
        Assert.Equal([1, 2], _registry.ListVersions("users"));
        Assert.Equal("new", _registry.GetFeatureGroup("users", 1).Owner);
    }

    [Fact]
    public async Task A_plan_with_a_refusal_applies_nothing()
    {
        await _registry.RegisterFeatureGroupAsync(Users, Token);
        var plan = await _registry.PlanAsync([Orders, UsersTwo with { Version = 1 }, Orders with { Version = 5 }, new FeatureGroupSchema("empty") { IsStatic = true }], Token);
        Assert.False(plan.CanApply);
        Assert.Equal([PlannedAction.Register, PlannedAction.Refuse, PlannedAction.Refuse, PlannedAction.Refuse], plan.Changes.Select(change => change.Action));
        Assert.Contains("Version = 2", plan.Changes[1].Refusal, StringComparison.Ordinal);
        await Assert.ThrowsAsync<FeatureRegistryException>(() => _registry.ApplyAsync(plan, Token));
        Assert.Equal(["users"], _registry.ListFeatureGroups());
    }

    [Fact]
    public async Task A_plan_that_another_change_overtook_is_refused()
    {
        var plan = await _registry.PlanAsync([Users, Orders], Token);
        using var other = new FeatureStoreMetadata(_log, _clock, _messages);
        await other.RegisterFeatureGroupAsync(Orders with { Owner = "someone" }, Token);
        var error = await Assert.ThrowsAsync<FeatureRegistryException>(() => _registry.ApplyAsync(plan, Token));
        Assert.Contains("changed since", error.Message, StringComparison.Ordinal);
        Assert.Equal(["orders"], _registry.ListFeatureGroups());
        await _registry.ApplyAsync(await _registry.PlanAsync([Users, Orders], Token), Token);
        Assert.Equal(["orders", "users"], _registry.ListFeatureGroups());
    }

    [Fact]
    public async Task What_is_deprecated_is_found_described_and_taken_back()
    {
        await _registry.RegisterFeatureGroupAsync(Users, Token);
        await _registry.RegisterFeatureGroupAsync(UsersTwo, Token);
        await _registry.RegisterFeatureGroupAsync(Orders, Token);
        await _registry.DeprecateAsync("USERS.Age", "It is never filled.", "orders.total", Token);
        await _registry.DeprecateAsync("users@1", "Its types are too narrow.", "users@2", Token);

        var age = _registry.GetDeprecation("users.age");
        Assert.Equal(new Deprecation("users.age", "It is never filled.", "orders.total", _clock.GetUtcNow(), "ada"), age);
        Assert.Null(_registry.GetDeprecation("users.country"));
        Assert.Null(_registry.GetDeprecation("users"));
        Assert.Equal("users@1", _registry.GetDeprecation("users@1.city")!.Name);
        Assert.Equal(["age"], _registry.Search(new() { Deprecated = true }).Select(found => found.Feature.Name));
        Assert.Equal(age, _registry.Search(new() { Name = "age" })[0].Deprecation);
        Assert.Equal(["country", "total"], _registry.Search(new() { Deprecated = false }).Select(found => found.Feature.Name).Order(StringComparer.Ordinal));
        Assert.Contains("deprecated: users.age is deprecated since 2026-03-01: It is never filled. Use orders.total instead.", _registry.Describe("users"), StringComparison.Ordinal);
        Assert.Contains("Use orders.total instead.", _registry.Describe("users.age"), StringComparison.Ordinal);
        Assert.Equal(["users.age", "users@1"], _registry.ListDeprecations().Select(deprecation => deprecation.Name));

        await _registry.LiftDeprecationAsync("users.age", Token);
        Assert.Null(_registry.GetDeprecation("users.age"));
    }

    [Fact]
    public async Task A_deprecation_names_what_there_is()
    {
        await _registry.RegisterFeatureGroupAsync(Users, Token);
        await Assert.ThrowsAsync<FeatureGroupNotFoundException>(() => _registry.DeprecateAsync("nope", "x", cancellationToken: Token));
        await Assert.ThrowsAsync<FeatureNotFoundException>(() => _registry.DeprecateAsync("users.nope", "x", cancellationToken: Token));
        await Assert.ThrowsAsync<FeatureNotFoundException>(() => _registry.DeprecateAsync("users.age", "x", "users.nope", Token));
        await Assert.ThrowsAsync<FeatureRegistryException>(() => _registry.DeprecateAsync("users.age", "x", "users.age", Token));
        await Assert.ThrowsAsync<SchemaValidationException>(() => _registry.DeprecateAsync("users.age.more", "x", cancellationToken: Token));
    }

    [Fact]
    public async Task Reading_what_is_deprecated_warns_once_and_works()
    {
        await _registry.RegisterFeatureGroupAsync(Users, Token);
        await _registry.DeprecateAsync("users.age", "It is never filled.", cancellationToken: Token);
        for (var i = 0; i < 3; i++) Assert.Equal("age", (await FeatureResolver.ResolveAsync(_registry, ["users.age", "users.city"], Token))[0].Feature.Name);
        var warning = Assert.Single(_messages.Of(LogLevel.Warning));
        Assert.Equal("The read uses users@1.age, and users.age is deprecated since 2026-03-01: It is never filled.", warning);
    }

    [Fact]
    public async Task The_history_says_who_changed_what_when()
    {
        await _registry.RegisterFeatureGroupAsync(Users, Token);
        _clock.Advance(TimeSpan.FromHours(1));
        using var bob = new FeatureStoreMetadata(_log, _clock, _messages, "bob");
        await bob.RegisterFeatureGroupAsync(Users with { Owner = "growth" }, Token);
        await bob.DeprecateAsync("users.age", "Old.", cancellationToken: Token);
        await _registry.ApplyAsync(await _registry.PlanAsync([UsersTwo, Orders], Token), Token);
        await _registry.SetLineageAsync("users.age", ["silver.users"], Token);
        await _registry.RemoveFeatureGroupAsync("orders", Token);

        Assert.Equal(
            """
            0 2026-03-01 12:00:00 ada: users@1: registered with age, city
            1 2026-03-01 13:00:00 bob: users@1: the owner changed from crm to growth
            2 2026-03-01 13:00:00 bob: users.age: deprecated: Old.
            3 2026-03-01 13:00:00 ada: users@2: registered with age, country
            3 2026-03-01 13:00:00 ada: orders@1: registered with total
            4 2026-03-01 13:00:00 ada: users.age: made from silver.users
            5 2026-03-01 13:00:00 ada: orders: removed with all its versions
            """.ReplaceLineEndings("\n"), string.Join('\n', _registry.GetHistory()));
        Assert.Equal([3L, 5L], _registry.GetHistory("Orders").Select(change => change.Number));
        Assert.Equal([2L, 4L], _registry.GetHistory("users.age").Select(change => change.Number));
        Assert.Equal([3L], _registry.GetHistory("users@2").Select(change => change.Number));
    }

    [Fact]
    public async Task Search_finds_by_entity()
    {
        await _registry.RegisterFeatureGroupAsync(Users, Token);
        await _registry.RegisterFeatureGroupAsync(Orders, Token);
        Assert.Equal(["total"], _registry.Search(new() { Entity = "ORDER_ID" }).Select(found => found.Feature.Name));
        Assert.Empty(_registry.Search(new() { Entity = "order" }));
    }

    [Fact]
    public async Task A_removed_group_takes_its_deprecations_along()
    {
        await _registry.RegisterFeatureGroupAsync(Users, Token);
        await _registry.DeprecateAsync("users", "Old.", cancellationToken: Token);
        await _registry.RemoveFeatureGroupAsync("users", Token);
        Assert.Empty(_registry.ListDeprecations());
    }

    /// <summary>Keeps what is logged.</summary>
    private sealed class Messages : ILogger
    {
        private readonly List<(LogLevel Level, string Text)> _all = [];

        public IEnumerable<string> Of(LogLevel level) => _all.Where(message => message.Level == level).Select(message => message.Text);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _all.Add((logLevel, formatter(state, exception)));
    }
}
