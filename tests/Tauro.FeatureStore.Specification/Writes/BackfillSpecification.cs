namespace Tauro.FeatureStore.Specification;

/// <summary>Backfills: rules 29 and 30.</summary>
public abstract class BackfillSpecification(TestStore test) : WritesSpecification(test)
{
    [Fact]
    public async Task The_rows_of_the_range_are_replaced_and_others_stay()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), 32, "Oslo"), (1, Hour(3), 33, "Oslo"), (2, Hour(2), 42, "Rome"));
        await WriteUsersAsync(WriteOptions.Backfill(Hour(2), Hour(3)), (1, Hour(2), 30, "Kiel"), (3, Hour(2.5), 52, "Bern"));

        await ExpectAllUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), 30, "Kiel"), (1, Hour(3), 33, "Oslo"), (3, Hour(2.5), 52, "Bern"));
        await ExpectUsersAsync((1, Hour(2), 30, "Kiel"), (2, Hour(9), null, null), (1, Hour(9), 33, "Oslo"));
    }

    [Fact]
    public async Task No_new_rows_empty_the_range()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), 32, "Oslo"));
        await WriteUsersAsync(WriteOptions.Backfill(Hour(2), Hour(9)));

        await ExpectAllUsersAsync((1, Hour(1), 31, "Oslo"));
    }

    [Theory]
    [InlineData(1.9)]
    [InlineData(3)]
    public async Task A_row_outside_of_the_range_is_refused(double hour)
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(2), 31, "Oslo"));
        var refused = await Assert.ThrowsAsync<SchemaValidationException>(
            () => WriteUsersAsync(WriteOptions.Backfill(Hour(2), Hour(3)), (1, Hour(2), 30, "Kiel"), (1, Hour(hour), 30, "Kiel")));

        Assert.Equal(("event_time", 1L), (refused.Column, refused.Row));
        await ExpectAllUsersAsync((1, Hour(2), 31, "Oslo"));
    }

    [Fact]
    public async Task Replaced_rows_have_the_new_created_time_and_others_keep_theirs()
    {
        await RegisterAsync(Users);
        var first = await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), 32, "Oslo"));
        Clock.Advance(TimeSpan.FromHours(1));
        var second = await WriteUsersAsync(WriteOptions.Backfill(Hour(2), Hour(3)), (1, Hour(2), 32, "Oslo"));

        await ExpectUsersAsync(KnownAsOf, (1, first.CreatedTime, 31, "Oslo"), (1, second.CreatedTime - Microsecond, 31, "Oslo"), (1, second.CreatedTime, 32, "Oslo"));
    }

    [Fact]
    public async Task Days_are_in_the_range_by_their_midnight()
    {
        await RegisterAsync(Users with { TimestampType = DataType.Date });
        await WriteAsync("users", ("user_id", Longs(1, 1, 1)), ("event_time", new[] { DateOf(1), DateOf(2), DateOf(3) }), ("age", Ints(31, 32, 33)));
        await WriteAsync(WriteOptions.Backfill(Day(1).AddHours(12), Day(3)), "users", ("user_id", Longs(1)), ("event_time", new[] { DateOf(2) }), ("age", Ints(22)));

        await ExpectRangeAsync(["users.age"], Day(1), Day(9), [("user_id", Longs(1, 1, 1)), ("event_time", new[] { DateOf(1), DateOf(2), DateOf(3) }), ("age", Ints(31, 22, 33))]);
    }

    [Fact]
    public async Task A_group_without_event_time_has_no_backfill()
    {
        await RegisterAsync(SampleGroups.Countries);
        await Assert.ThrowsAsync<SchemaValidationException>(
            () => WriteAsync(WriteOptions.Backfill(Hour(1), Hour(2)), "countries", ("country", Texts("NO")), ("capital", Texts("Oslo"))));
    }

    [Fact]
    public async Task A_walk_replaces_step_by_step_and_resumes_where_it_stopped()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "old"), (1, Hour(3.5), 33, "old"), (1, Hour(5), 35, "old"));
        var asked = new List<TimeRange>();
        var failing = true;
        Task<FeatureTable> MakeAsync(TimeRange range, CancellationToken token)
        {
            asked.Add(range);
            if (failing && range.From == Hour(3)) throw new InvalidOperationException("The source is down.");
            return Task.FromResult(FeatureTable.FromColumns(
                ("user_id", Longs(1)), ("event_time", Times(range.From)), ("age", Ints((int)(range.From - Hour(0)).TotalHours)), ("city", Texts("new"))));
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.BackfillAsync("users", Hour(1), Hour(4.5), TimeSpan.FromHours(2), MakeAsync, "ages", cancellationToken: Cancel));
        failing = false;
        var steps = new List<BackfillProgress>();
        var done = await Store.BackfillAsync("users", Hour(1), Hour(4.5), TimeSpan.FromHours(2), MakeAsync, "ages", new Steps(steps), Cancel);

        Assert.Equal([new(Hour(1), Hour(3)), new(Hour(3), Hour(4.5)), new TimeRange(Hour(3), Hour(4.5))], asked);
        Assert.Equal(new BackfillProgress(2, 2, 1, 1, new TimeRange(Hour(3), Hour(4.5))), done);
        Assert.Equal([1, 2], steps.Select(step => step.StepsDone));
        await ExpectAllUsersAsync((1, Hour(1), 1, "new"), (1, Hour(3), 3, "new"), (1, Hour(5), 35, "old"));
    }

    private sealed class Steps(List<BackfillProgress> reported) : IProgress<BackfillProgress>
    {
        public void Report(BackfillProgress value) => reported.Add(value);
    }
}
