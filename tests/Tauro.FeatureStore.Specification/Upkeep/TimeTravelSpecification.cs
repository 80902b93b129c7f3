namespace Tauro.FeatureStore.Specification;

/// <summary>Reads of earlier versions: what was replaced or deleted since is still there (rule 30).</summary>
public abstract class TimeTravelSpecification(TestStore test) : WritesSpecification(test)
{
    [Fact]
    public async Task A_version_is_read_as_it_was()
    {
        await RegisterAsync(Users);
        var first = await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (2, Hour(1), 41, "Rome"));
        var second = await WriteUsersAsync(WriteMode.Merge, (1, Hour(1), 32, "Kiel"));
        await WriteUsersAsync(WriteMode.Overwrite, (3, Hour(1), 51, "Bern"));

        await ExpectUsersAsync(At(first), (1, Hour(9), 31, "Oslo"), (2, Hour(9), 41, "Rome"), (3, Hour(9), null, null));
        await ExpectUsersAsync(At(second), (1, Hour(9), 32, "Kiel"), (2, Hour(9), 41, "Rome"), (3, Hour(9), null, null));
        await ExpectUsersAsync((1, Hour(9), null, null), (2, Hour(9), null, null), (3, Hour(9), 51, "Bern"));
    }

    [Fact]
    public async Task A_moment_is_read_as_it_was()
    {
        await RegisterAsync(Users, SampleGroups.Rates);
        var first = await WriteUsersAsync((1, Hour(1), 31, "Oslo"));
        Clock.Advance(TimeSpan.FromHours(1));
        await WriteUsersAsync(WriteMode.Overwrite, (1, Hour(1), 32, "Rome"));
        await WriteAsync("rates", ("event_time", Times(Hour(1))), ("rate", Doubles(0.1)));

        var options = new RetrievalOptions { AsOfTimestamp = first.CreatedTime.AddMinutes(59) };
        await ExpectTrainingSetAsync(
            ["users.age", "rates.rate"], [("user_id", Longs(1)), ("event_timestamp", Times(Hour(9)))], [("age", Ints(31)), ("rate", new double?[] { null })], options);
        await ExpectUsersAsync(new RetrievalOptions { AsOfTimestamp = first.CreatedTime - Microsecond }, (1, Hour(9), null, null));
        await ExpectUsersAsync(new RetrievalOptions { AsOfTimestamp = first.CreatedTime.AddHours(1) }, (1, Hour(9), 32, "Rome"));
    }

    [Fact]
    public async Task A_version_that_is_not_there_is_refused()
    {
        await RegisterAsync(Users);
        var written = await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await RefusesLatestAsync<FeatureMaterializationException>(["users.age"], [("user_id", Longs(1))], new RetrievalOptions { AsOfVersion = written.SnapshotVersion + 1 });
    }

    [Fact]
    public async Task A_version_of_two_groups_is_refused()
    {
        await RegisterAsync(Users, SampleGroups.Rates);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await RefusesLatestAsync<SchemaValidationException>(["users.age", "rates.rate"], [("user_id", Longs(1))], new RetrievalOptions { AsOfVersion = 0 });
        await RefusesLatestAsync<SchemaValidationException>(["users.age"], [("user_id", Longs(1))], new RetrievalOptions { AsOfVersion = 0, AsOfTimestamp = Now });
    }

    private static RetrievalOptions At(WriteResult written) => new() { AsOfVersion = written.SnapshotVersion };
}
