namespace Tauro.FeatureStore.Specification;

/// <summary>Merging: rules 29 and 30.</summary>
public abstract class MergeSpecification(TestStore test) : WritesSpecification(test)
{
    [Fact]
    public async Task Rows_of_equal_keys_and_event_time_are_replaced_and_others_added()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), 32, "Oslo"), (2, Hour(1), 41, "Rome"));
        await WriteUsersAsync(WriteMode.Merge, (1, Hour(1), 30, "Kiel"), (2, Hour(2), 42, "Bern"), (3, Hour(1), 51, "Rome"));

        await ExpectAllUsersAsync((1, Hour(1), 30, "Kiel"), (1, Hour(2), 32, "Oslo"), (2, Hour(1), 41, "Rome"), (2, Hour(2), 42, "Bern"), (3, Hour(1), 51, "Rome"));
        await ExpectUsersAsync((1, Hour(1), 30, "Kiel"), (1, Hour(9), 32, "Oslo"), (2, Hour(1), 41, "Rome"), (2, Hour(9), 42, "Bern"), (3, Hour(9), 51, "Rome"));
    }

    [Fact]
    public async Task Every_stored_row_of_one_key_and_time_is_replaced_by_one()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(1), 32, "Oslo"));
        await WriteUsersAsync((1, Hour(1), 33, "Rome"));
        await WriteUsersAsync(WriteMode.Merge, (1, Hour(1), 34, "Bern"));

        await ExpectAllUsersAsync((1, Hour(1), 34, "Bern"));
    }

    [Fact]
    public async Task Of_several_new_rows_of_one_key_and_time_the_last_wins()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync(WriteMode.Merge, (1, Hour(1), 31, "first"), (2, Hour(1), 41, "Rome"), (1, Hour(1), 32, "last"));

        await ExpectAllUsersAsync((1, Hour(1), 32, "last"), (2, Hour(1), 41, "Rome"));
    }

    [Fact]
    public async Task A_row_that_equals_the_new_one_stays_as_it_is()
    {
        await RegisterAsync(Users);
        var first = await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (2, Hour(1), null, "Rome"), (3, Hour(1), 51, null));
        Clock.Advance(TimeSpan.FromHours(1));
        var second = await WriteUsersAsync(WriteMode.Merge, (1, Hour(1), 31, "Oslo"), (2, Hour(1), null, "Rome"), (3, Hour(1), 52, null));

        await ExpectUsersAsync(KnownAsOf, (1, first.CreatedTime, 31, "Oslo"), (2, first.CreatedTime, null, "Rome"), (3, first.CreatedTime, null, null), (3, second.CreatedTime, 52, null));
    }

    [Fact]
    public async Task The_one_row_of_a_static_group_without_keys_is_replaced()
    {
        await RegisterAsync(new FeatureGroupSchema("settings") { IsStatic = true, Features = [new("rate", DataType.Double), new("note", DataType.String)] });
        using var first = FeatureTable.FromColumns(("rate", new double?[] { 1.5 }), ("note", new[] { "old" }));
        using var second = FeatureTable.FromColumns(("rate", new double?[] { null }), ("note", new[] { "new" }));
        await Store.WriteFeaturesAsync("settings", first, cancellationToken: Cancel);
        await Store.WriteFeaturesAsync("settings", second, WriteMode.Merge, Cancel);

        using var spine = FeatureTable.FromColumns(("label", new[] { 1 }));
        IReadOnlyList<FeatureReference> names = [new FeatureReference("rate", "settings") { SkipNulls = true }, "settings.note"];
        using var answer = await Store.GetFeaturesAsync(names, spine, cancellationToken: Cancel);
        Assert.Null(answer.GetColumn<double?>("rate")[0]);
        Assert.Equal("new", answer.GetColumn<string>("note")[0]);
    }

    [Fact]
    public async Task Null_and_a_value_are_different()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), null, "Oslo"), (2, Hour(1), 0, "Rome"), (3, Hour(1), 51, ""));
        await WriteUsersAsync(WriteMode.Merge, (1, Hour(1), 0, "Oslo"), (2, Hour(1), null, "Rome"), (3, Hour(1), 51, null));

        await ExpectAllUsersAsync((1, Hour(1), 0, "Oslo"), (2, Hour(1), null, "Rome"), (3, Hour(1), 51, null));
    }

    [Fact]
    public async Task Rows_that_a_merge_leaves_keep_their_created_time_and_their_order()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "first"), (2, Hour(1), 41, "Rome"));
        Clock.Advance(TimeSpan.FromHours(1));
        var second = await WriteUsersAsync((1, Hour(1), 32, "second"), (1, Hour(1), 33, "third"));
        Clock.Advance(TimeSpan.FromHours(1));
        var merge = await WriteUsersAsync(WriteMode.Merge, (2, Hour(1), 42, "Bern"));

        await ExpectUsersAsync((1, Hour(1), 33, "third"), (2, Hour(1), 42, "Bern"));
        await ExpectUsersAsync(
            KnownAsOf, (1, second.CreatedTime - Microsecond, 31, "first"), (1, second.CreatedTime, 33, "third"),
            (2, merge.CreatedTime - Microsecond, null, null), (2, merge.CreatedTime, 42, "Bern"));
        await ExpectAllUsersAsync((1, Hour(1), 31, "first"), (1, Hour(1), 32, "second"), (1, Hour(1), 33, "third"), (2, Hour(1), 42, "Bern"));
    }

    [Fact]
    public async Task A_later_append_comes_after_rows_that_a_merge_has_moved()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "first"), (2, Hour(1), 41, "Rome"));
        await WriteUsersAsync((1, Hour(1), 32, "second"));
        await WriteUsersAsync(WriteMode.Merge, (2, Hour(1), 42, "Bern"));
        await ExpectUsersAsync((1, Hour(1), 32, "second"));
        await WriteUsersAsync((1, Hour(1), 33, "third"));
        await WriteUsersAsync(WriteMode.Merge, (2, Hour(1), 43, "Kiel"));

        await ExpectUsersAsync((1, Hour(1), 33, "third"));
        await ExpectAllUsersAsync((1, Hour(1), 31, "first"), (1, Hour(1), 32, "second"), (1, Hour(1), 33, "third"), (2, Hour(1), 43, "Kiel"));
    }

    [Fact]
    public async Task Rows_that_say_when_they_were_created_are_replaced_with_what_they_say()
    {
        await RegisterAsync(UsersFromElsewhere);
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(2), 31, "Oslo"), (2, Hour(1), Hour(2), 41, "Rome"));
        await WriteAsync(
            WriteMode.Merge, "users",
            ("user_id", Longs(1)), ("event_time", Times(Hour(1))), ("created_time", Times(Hour(3))), ("age", Ints(32)), ("city", Texts("Kiel")));

        await ExpectUsersAsync(KnownAsOf, (1, Hour(2), null, null), (1, Hour(3), 32, "Kiel"), (2, Hour(2), 41, "Rome"));
    }

    [Fact]
    public async Task Static_rows_are_replaced_by_key()
    {
        await RegisterAsync(SampleGroups.Countries);
        await WriteAsync("countries", ("country", Texts("NO", "DE")), ("capital", Texts("Oslo", "Bonn")));
        await WriteAsync(WriteMode.Merge, "countries", ("country", Texts("DE", "FR")), ("capital", Texts("Berlin", "Paris")));

        await ExpectEveryEntityAsync(["countries.capital"], [("country", Texts("DE", "FR", "NO")), ("capital", Texts("Berlin", "Paris", "Oslo"))]);
    }

    [Fact]
    public async Task Global_values_are_replaced_by_event_time()
    {
        await RegisterAsync(SampleGroups.Rates);
        await WriteAsync("rates", ("event_time", Times(Hour(1), Hour(2))), ("rate", Doubles(0.1, 0.2)));
        await WriteAsync(WriteMode.Merge, "rates", ("event_time", Times(Hour(2), Hour(3))), ("rate", Doubles(0.25, 0.3)));

        await ExpectRangeAsync(["rates.rate"], Hour(0), Hour(9), [("event_time", Times(Hour(1), Hour(2), Hour(3))), ("rate", Doubles(0.1, 0.25, 0.3))]);
    }

    [Fact]
    public async Task Composite_keys_are_compared_column_by_column()
    {
        await RegisterAsync(SampleGroups.Pairs(DataType.BigInt, DataType.String));
        await WriteAsync("pairs", ("a", Longs(1, 12)), ("b", Texts("23", "3")), ("event_time", Times(Hour(1), Hour(1))), ("value", Texts("one", "two")));
        await WriteAsync(WriteMode.Merge, "pairs", ("a", Longs(12)), ("b", Texts("3")), ("event_time", Times(Hour(1))), ("value", Texts("three")));

        await ExpectRangeAsync(["pairs.value"], Hour(0), Hour(9), [("a", Longs(1, 12)), ("b", Texts("23", "3")), ("event_time", Times(Hour(1), Hour(1))), ("value", Texts("one", "three"))]);
    }

    [Fact]
    public async Task Merging_into_a_group_that_was_never_written_writes_it()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync(WriteMode.Merge, (1, Hour(1), 31, "Oslo"));

        await ExpectAllUsersAsync((1, Hour(1), 31, "Oslo"));
    }

    [Fact]
    public async Task A_batch_is_written_once_whatever_its_mode()
    {
        await RegisterAsync(Users);
        var batch = new WriteOptions { TransactionId = "2024-01-01" };
        var first = await WriteUsersAsync(batch, (1, Hour(1), 31, "Oslo"));
        var again = await WriteUsersAsync(batch, (1, Hour(1), 31, "Oslo"));
        await WriteUsersAsync(batch with { TransactionId = "2024-01-02", Mode = WriteMode.Merge }, (1, Hour(1), 32, "Oslo"));
        var merged = await WriteUsersAsync(batch with { Mode = WriteMode.Overwrite }, (1, Hour(1), 33, "Oslo"));

        Assert.False(first.AlreadyWritten);
        Assert.True(again.AlreadyWritten);
        Assert.True(merged.AlreadyWritten);
        Assert.True(await Store.HasTransactionAsync("users", "2024-01-02", Cancel));
        Assert.False(await Store.HasTransactionAsync("users", "2024-01-03", Cancel));
        await ExpectAllUsersAsync((1, Hour(1), 32, "Oslo"));
    }
}
