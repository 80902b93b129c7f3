namespace Tauro.FeatureStore.Specification;

/// <summary>The values of every entity: rule 20.</summary>
public abstract class EveryEntitySpecification(TestStore test) : UsersSpecification(test)
{
    private static FeatureGroupSchema Orders { get; } = new("orders")
    {
        EntityKeys = [new EntityKey("user_id", DataType.BigInt)],
        TimestampKey = "ordered_at",
        Features = [new FeatureSchema("total", DataType.Double)],
    };

    [Fact]
    public async Task Every_entity_comes_once_with_its_latest_row_ordered_by_key()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((10, Hour(1), 1, "a"), (-3, Hour(2), 2, "b"), (9, Hour(1), 3, "c"), (10, Hour(3), null, "d"));
        await WriteUsersAsync((9, Hour(0), 5, "e"), (100, Hour(9), 6, "f"));

        await ExpectEveryEntityAsync(["city", "age"], [("user_id", Longs(-3, 9, 10, 100)), ("city", Texts("b", "c", "d", "f")), ("age", Ints(2, 3, null, 6))]);
    }

    [Fact]
    public async Task Only_entities_that_are_known_at_the_moment_come()
    {
        await RegisterAsync(Users with { AvailabilityDelay = TimeSpan.FromHours(1), Lookback = TimeSpan.FromHours(3) });
        await WriteUsersAsync((1, Hour(1), 11, "a"), (2, Hour(2), 22, "b"), (3, Hour(4), 33, "c"));

        await ExpectEveryEntityAsync(["age"], [("user_id", Longs(1)), ("age", Ints(11))], Hour(2));
        await ExpectEveryEntityAsync(["age"], [("user_id", Longs(1, 2)), ("age", Ints(11, 22))], Hour(4));
        await ExpectEveryEntityAsync(["age"], [("user_id", Longs(2, 3)), ("age", Ints(22, 33))], Hour(5));
        await ExpectEveryEntityAsync(["age"], [("user_id", Longs()), ("age", Ints())], Hour(1));
    }

    [Fact]
    public async Task Now_is_the_moment_where_none_is_given()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Now, 11, "a"), (2, Now + Microsecond, 22, "b"));

        await ExpectEveryEntityAsync(["age"], [("user_id", Longs(1)), ("age", Ints(11))]);
        await ExpectEveryEntityAsync(["age"], [("user_id", Longs()), ("age", Ints())], options: NoExactMatches);
        Clock.Advance(Microsecond);
        await ExpectEveryEntityAsync(["age"], [("user_id", Longs(1, 2)), ("age", Ints(11, 22))]);
    }

    [Fact]
    public async Task Several_groups_answer_for_the_union_of_their_entities()
    {
        await RegisterAsync(Users, Orders);
        await WriteUsersAsync((1, Hour(1), 11, "a"), (3, Hour(1), 33, "c"));
        await WriteAsync("orders", ("user_id", Longs(2, 3, 2)), ("ordered_at", Times(Hour(1), Hour(2), Hour(3))), ("total", Doubles(0.2, 0.3, 0.25)));

        await ExpectEveryEntityAsync(["total", "age"], [("user_id", Longs(1, 2, 3)), ("total", Doubles(null, 0.25, 0.3)), ("age", Ints(11, null, 33))]);
    }

    [Fact]
    public async Task An_entity_whose_row_holds_nulls_is_an_entity()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), null, null));

        await ExpectEveryEntityAsync(["age"], [("user_id", Longs(1)), ("age", Ints((int?)null))]);
    }

    [Fact]
    public async Task Composite_keys_order_column_by_column()
    {
        await RegisterAsync(SampleGroups.Pairs(DataType.Int, DataType.String));
        await WriteAsync(
            "pairs", ("a", Ints(2, 1, 10, 1)), ("b", Texts("a", "b", "a", "B")), ("event_time", Times(Hour(1), Hour(1), Hour(1), Hour(1))), ("value", Texts("2a", "1b", "10a", "1B")));

        await ExpectEveryEntityAsync(["value"], [("a", Ints(1, 1, 2, 10)), ("b", Texts("B", "b", "a", "a")), ("value", Texts("1B", "1b", "2a", "10a"))]);
    }

    [Fact]
    public async Task Static_entities_come_too()
    {
        await RegisterAsync(SampleGroups.Countries);
        await WriteAsync("countries", ("country", Texts("NO", "IT", "NO")), ("capital", Texts("Christiania", "Rome", "Oslo")));

        await ExpectEveryEntityAsync(["capital"], [("country", Texts("IT", "NO")), ("capital", Texts("Rome", "Oslo"))], Hour(-1_000_000));
    }

    [Fact]
    public async Task Global_values_are_one_row()
    {
        await RegisterAsync(SampleGroups.Rates);
        await WriteAsync("rates", ("event_time", Times(Hour(1), Hour(2))), ("rate", Doubles(0.1, 0.2)));

        await ExpectEveryEntityAsync(["rate"], [("rate", Doubles(0.1))], Hour(1.5));
    }

    [Fact]
    public async Task Groups_with_other_keys_are_refused_together()
    {
        await RegisterAsync(Users, SampleGroups.Countries);

        var refused = await RefusesEveryEntityAsync<SchemaValidationException>("age", "capital");

        Assert.Contains("user_id", refused.Message, StringComparison.Ordinal);
        Assert.Contains("country", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_entities_come_once_each()
    {
        await RegisterAsync(Users);
        const int entities = 3000;
        for (var commit = 0; commit < 3; commit++)
            await WriteUsersAsync([.. Enumerable.Range(0, entities).Select(i => ((long)((i * 7919L) % entities), Hour(i % 5), (int?)commit, (string?)null))]);

        var all = Enumerable.Range(0, entities).Select(i => (long)i).ToArray();
        await ExpectEveryEntityAsync(["age"], [("user_id", all), ("age", Array.ConvertAll(all, _ => 2))]);
    }
}
