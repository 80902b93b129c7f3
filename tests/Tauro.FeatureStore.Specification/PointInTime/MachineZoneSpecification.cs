namespace Tauro.FeatureStore.Specification;

/// <summary>The zone of the machine changes no answer: rule 15. It is the whole process's, so these tests run alone.</summary>
[Collection(typeof(MachineZone))]
public abstract class MachineZoneSpecification(TestStore test) : UsersSpecification(test)
{
    [Theory]
    [InlineData("Asia/Kolkata")]
    [InlineData("America/St_Johns")]
    [InlineData("Pacific/Kiritimati")]
    public async Task An_answer_does_not_depend_on_the_zone_of_the_machine(string zone)
    {
        using var elsewhere = MachineZone.Use(zone);
        await RegisterAsync(Users, SampleGroups.Rates with { TimestampType = DataType.Date });
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), 32, "Rome"));
        await WriteAsync("rates", ("event_time", Dates(DateOf(1), DateOf(2))), ("rate", Doubles(0.1, 0.2)));

        await ExpectUsersAsync((1, Hour(1) - Microsecond, null, null), (1, Hour(1), 31, "Oslo"), (1, Hour(2), 32, "Rome"));
        await ExpectTrainingSetAsync(
            ["rate"],
            spine: [("event_timestamp", Times(Day(1) - Microsecond, Day(1), Day(2) - Microsecond, Day(2)))],
            expected: [("rate", Doubles(null, 0.1, 0.1, 0.2)), ("rates__event_time", Times(null, Day(1), Day(1), Day(2))), ("rates__matched", Booleans(false, true, true, true))],
            new RetrievalOptions { IncludeMatches = true });
    }

    [Theory]
    [InlineData("Asia/Kolkata")]
    [InlineData("America/St_Johns")]
    public async Task Only_local_date_times_are_converted(string zone)
    {
        using var elsewhere = MachineZone.Use(zone);
        var local = Hour(1).LocalDateTime;
        Assert.NotEqual(Hour(1).DateTime, local);
        await RegisterAsync(Users);
        await WriteAsync(
            "users", ("user_id", Longs(1, 2, 3)), ("event_time", new[] { local, Hour(1).UtcDateTime, DateTime.SpecifyKind(Hour(1).DateTime, DateTimeKind.Unspecified) }),
            ("age", Ints(31, 32, 33)), ("city", Texts("local", "utc", "unspecified")));

        foreach (var (user, age, city) in new (long, int, string)[] { (1, 31, "local"), (2, 32, "utc"), (3, 33, "unspecified") })
            await ExpectUsersAsync((user, Hour(1) - Microsecond, null, null), (user, Hour(1), age, city));
    }
}
