namespace Tauro.FeatureStore.Specification;

/// <summary>Appending, overwriting and created times: rules 29, 30 and 31.</summary>
public abstract class WriteModesSpecification(TestStore test) : WritesSpecification(test)
{
    [Fact]
    public async Task Appending_keeps_what_is_there()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        await WriteUsersAsync((1, Hour(2), 32, "Rome"), (2, Hour(1), 41, "Bern"));

        await ExpectUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), 32, "Rome"), (2, Hour(2), 41, "Bern"));
    }

    [Fact]
    public async Task Two_rows_of_one_entity_and_time_are_both_kept()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(1), 31, "Oslo"));
        await WriteUsersAsync((1, Hour(1), 32, "Rome"));

        await ExpectAllUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(1), 31, "Oslo"), (1, Hour(1), 32, "Rome"));
        await ExpectUsersAsync((1, Hour(1), 32, "Rome"));
    }

    [Fact]
    public async Task Overwriting_replaces_everything()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (2, Hour(1), 41, "Rome"));
        await WriteUsersAsync((1, Hour(2), 32, "Oslo"));
        await WriteUsersAsync(WriteMode.Overwrite, (3, Hour(1), 51, "Bern"), (1, Hour(0), 30, "Kiel"));

        await ExpectAllUsersAsync((1, Hour(0), 30, "Kiel"), (3, Hour(1), 51, "Bern"));
        await ExpectUsersAsync((1, Hour(5), 30, "Kiel"), (2, Hour(5), null, null), (3, Hour(5), 51, "Bern"));
        await WriteUsersAsync((1, Hour(3), 33, "Rome"));
        await ExpectAllUsersAsync((1, Hour(0), 30, "Kiel"), (1, Hour(3), 33, "Rome"), (3, Hour(1), 51, "Bern"));
    }

    [Fact]
    public async Task Overwriting_a_group_that_was_never_written_writes_it()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync(WriteMode.Overwrite, (1, Hour(1), 31, "Oslo"));

        await ExpectAllUsersAsync((1, Hour(1), 31, "Oslo"));
    }

    [Fact]
    public async Task Overwritten_rows_have_the_new_created_time()
    {
        await RegisterAsync(Users);
        var first = await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        Clock.Advance(TimeSpan.FromHours(1));
        var second = await WriteUsersAsync(WriteMode.Overwrite, (1, Hour(1), 31, "Oslo"));

        Assert.Equal(first.CreatedTime.AddHours(1), second.CreatedTime);
        await ExpectUsersAsync(KnownAsOf, (1, first.CreatedTime, null, null), (1, second.CreatedTime, 31, "Oslo"));
    }

    [Fact]
    public async Task Overwritten_rows_keep_the_created_time_of_their_column()
    {
        await RegisterAsync(UsersFromElsewhere);
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(2), 31, "Oslo"));
        await WriteAsync(
            WriteMode.Overwrite, "users",
            ("user_id", Longs(1)), ("event_time", Times(Hour(1))), ("created_time", Times(Hour(3))), ("age", Ints(32)), ("city", Texts("Rome")));

        await ExpectUsersAsync(KnownAsOf, (1, Hour(2), null, null), (1, Hour(3), 32, "Rome"));
    }

    [Fact]
    public async Task A_correction_that_the_past_must_not_see_is_appended()
    {
        await RegisterAsync(Users);
        var written = await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        Clock.Advance(TimeSpan.FromHours(1));
        var corrected = await WriteUsersAsync((1, Hour(1), 30, "Oslo"));

        await ExpectUsersAsync(KnownAsOf, (1, written.CreatedTime, 31, "Oslo"), (1, corrected.CreatedTime - Microsecond, 31, "Oslo"), (1, corrected.CreatedTime, 30, "Oslo"));
    }

    [Fact]
    public async Task A_result_says_what_was_written()
    {
        await RegisterAsync(Users, Users with { Version = 2 });

        var first = await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (2, Hour(1), 41, "Rome"));
        var second = await WriteUsersAsync((1, Hour(2), 32, "Bern"));
        var old = await WriteAsync("users@1", ("user_id", Longs(1)), ("event_time", Times(Hour(1))), ("age", Ints(1)));

        Assert.Equal(("users@2", 2), (first.FeatureGroup, first.RowCount));
        Assert.Equal(("users@2", 1), (second.FeatureGroup, second.RowCount));
        Assert.Equal(("users@1", 1), (old.FeatureGroup, old.RowCount));
        Assert.True(second.SnapshotVersion > first.SnapshotVersion);
    }

    [Fact]
    public async Task The_created_time_is_the_clocks()
    {
        await RegisterAsync(Users);
        Clock.SetUtcNow(Now.AddTicks(9));

        var written = await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        Assert.Equal(Now, written.CreatedTime);
    }

    [Fact]
    public async Task The_created_time_is_strictly_increasing_while_the_clock_stands_still()
    {
        await RegisterAsync(Users);

        var first = await WriteUsersAsync((1, Hour(1), 31, "first"));
        var second = await WriteUsersAsync((1, Hour(1), 32, "second"));
        var third = await WriteUsersAsync(WriteMode.Overwrite, (1, Hour(1), 33, "third"));

        Assert.Equal([Now, Now + Microsecond, Now + (2 * Microsecond)], [first.CreatedTime, second.CreatedTime, third.CreatedTime]);
    }

    [Fact]
    public async Task The_created_time_goes_on_from_the_last_commit_where_the_clock_has_gone_back()
    {
        await RegisterAsync(Users);
        var first = await WriteUsersAsync((1, Hour(1), 31, "first"));
        var behind = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Now.AddDays(-1));

        var second = await WriteBehindAsync(behind);

        Assert.Equal(first.CreatedTime + Microsecond, second.CreatedTime);
        await ExpectUsersAsync(KnownAsOf, (1, first.CreatedTime, 31, "first"), (1, second.CreatedTime, 32, "second"));
    }

    [Fact]
    public async Task Created_times_a_microsecond_apart_are_told_apart()
    {
        await RegisterAsync(Users);
        var first = await WriteUsersAsync((1, Hour(1), 31, "first"));
        var second = await WriteUsersAsync((1, Hour(1), 32, "second"));

        await ExpectUsersAsync(KnownAsOf, (1, first.CreatedTime - Microsecond, null, null), (1, first.CreatedTime, 31, "first"), (1, second.CreatedTime, 32, "second"));
    }

    [Fact]
    public async Task The_created_times_of_two_groups_do_not_touch_each_other()
    {
        await RegisterAsync(Users, SampleGroups.Rates);
        var users = await WriteUsersAsync((1, Hour(1), 31, "first"));
        var rates = await WriteAsync("rates", ("event_time", Times(Hour(1))), ("rate", Doubles(0.1)));

        Assert.Equal((Now, Now), (users.CreatedTime, rates.CreatedTime));
    }

    [Fact]
    public async Task Rows_of_a_record_type_are_written()
    {
        await RegisterAsync(Users);
        await Store.WriteFeaturesAsync("users", new[] { new UserRecord(1, Hour(1), 31, "Oslo"), new UserRecord(2, Hour(1), null, null) }, cancellationToken: Cancel);

        await ExpectAllUsersAsync((1, Hour(1), 31, "Oslo"), (2, Hour(1), null, null));
    }

    [Fact]
    public async Task A_feature_that_is_missing_is_null_and_columns_come_in_any_order()
    {
        await RegisterAsync(Users);
        await WriteAsync("users", ("city", Texts("Oslo")), ("event_time", Times(Hour(1))), ("user_id", Longs(1)));

        await ExpectAllUsersAsync((1, Hour(1), null, "Oslo"));
    }

    private async Task<WriteResult> WriteBehindAsync(TimeProvider clock)
    {
        var store = Test.OpenAnother(clock);
        return await store.WriteFeaturesAsync(
            "users",
            new Dictionary<string, Array> { ["user_id"] = Longs(1), ["event_time"] = Times(Hour(1)), ["age"] = Ints(32), ["city"] = Texts("second") },
            cancellationToken: Cancel);
    }

    private sealed record UserRecord(long user_id, DateTimeOffset event_time, int? age, string? city);
}
