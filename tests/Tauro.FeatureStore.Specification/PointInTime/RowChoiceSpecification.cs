namespace Tauro.FeatureStore.Specification;

/// <summary>Which row answers: rules 1 and 3.</summary>
public abstract class RowChoiceSpecification(TestStore test) : UsersSpecification(test)
{
    [Fact]
    public async Task The_row_with_the_greatest_event_time_answers()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(2), 32, "Rome"), (1, Hour(1), 31, "Oslo"), (1, Hour(3), 33, "Bern"));

        await ExpectUsersAsync((1, Hour(1.5), 31, "Oslo"), (1, Hour(2.5), 32, "Rome"), (1, Hour(3.5), 33, "Bern"));
    }

    [Fact]
    public async Task A_row_from_the_future_never_answers()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(2), 32, "Rome"));

        await ExpectUsersAsync((1, Hour(1), null, null), (1, Hour(2) - Microsecond, null, null));
    }

    [Fact]
    public async Task The_order_in_which_events_are_written_does_not_matter()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(2), 32, "Rome"));
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"));

        await ExpectUsersAsync((1, Hour(1.5), 31, "Oslo"), (1, Hour(4), 32, "Rome"));
    }

    [Fact]
    public async Task Columns_of_two_rows_are_never_mixed()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), null, "Rome"), (1, Hour(3), 33, null));

        await ExpectUsersAsync((1, Hour(1), 31, "Oslo"), (1, Hour(2), null, "Rome"), (1, Hour(3), 33, null));
    }

    [Fact]
    public async Task Every_entity_is_answered_from_its_own_rows()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 11, "Oslo"), (2, Hour(2), 22, "Rome"), (1, Hour(3), 13, "Bern"), (3, Hour(1), 31, "Kiel"));

        await ExpectUsersAsync((2, Hour(3), 22, "Rome"), (1, Hour(2), 11, "Oslo"), (3, Hour(9), 31, "Kiel"), (4, Hour(9), null, null), (1, Hour(3), 13, "Bern"));
    }

    [Fact]
    public async Task A_tie_goes_to_the_later_created_time()
    {
        await RegisterAsync(UsersFromElsewhere);
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(9), 31, "later"), (1, Hour(1), Hour(5), 32, "earlier"));

        await ExpectUsersAsync((1, Hour(2), 31, "later"));
    }

    [Fact]
    public async Task A_later_created_time_outranks_a_later_write()
    {
        await RegisterAsync(UsersFromElsewhere);
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(9), 31, "later"));
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(5), 32, "earlier"));

        await ExpectUsersAsync((1, Hour(2), 31, "later"));
    }

    [Fact]
    public async Task The_event_time_outranks_the_created_time()
    {
        await RegisterAsync(UsersFromElsewhere);
        await WriteUsersFromElsewhereAsync((1, Hour(2), Hour(3), 32, "newer event"), (1, Hour(1), Hour(9), 31, "older event"));

        await ExpectUsersAsync((1, Hour(4), 32, "newer event"));
    }

    [Fact]
    public async Task A_tie_of_event_and_created_time_goes_to_the_later_commit()
    {
        await RegisterAsync(UsersFromElsewhere);
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(5), 99, "first"));
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(5), 11, "second"));

        await ExpectUsersAsync((1, Hour(2), 11, "second"));
    }

    [Fact]
    public async Task A_tie_of_event_and_created_time_goes_to_the_later_row_of_one_commit()
    {
        await RegisterAsync(UsersFromElsewhere);
        await WriteUsersFromElsewhereAsync((1, Hour(1), Hour(5), 99, "first"), (1, Hour(1), Hour(5), 11, "second"));

        await ExpectUsersAsync((1, Hour(2), 11, "second"));
    }

    [Fact]
    public async Task A_tie_within_one_commit_goes_to_the_later_row()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((1, Hour(1), 5, "first"), (2, Hour(1), 1, "other"), (1, Hour(1), 9, "second"), (1, Hour(1), 7, "third"));

        await ExpectUsersAsync((1, Hour(1), 7, "third"), (2, Hour(1), 1, "other"));
    }

    [Fact]
    public async Task A_tie_among_many_commits_goes_to_the_last()
    {
        await RegisterAsync(Users);
        for (var commit = 0; commit < 12; commit++) await WriteUsersAsync((1, Hour(1), 100 - commit, $"commit {commit}"));

        await ExpectUsersAsync((1, Hour(1), 89, "commit 11"));
    }

    [Fact]
    public async Task A_tie_among_thousands_of_rows_goes_to_the_last()
    {
        const int rows = 20_000;
        await RegisterAsync(Users);
        await WriteUsersAsync([.. Enumerable.Range(0, rows).Select(i => ((long)(i % 2), Hour(1), (int?)(i * 7919 % rows), (string?)null))]);

        await ExpectUsersAsync((0, Hour(1), (rows - 2) * 7919 % rows, null), (1, Hour(1), (int)((rows - 1) * 7919L % rows), null));
    }

    [Fact]
    public async Task Ties_are_answered_alike_on_any_number_of_threads()
    {
        await RegisterAsync(Users);
        for (var commit = 0; commit < 3; commit++)
            await WriteUsersAsync([.. Enumerable.Range(0, 500).Select(i => ((long)(i % 20), Hour(1 + (i % 2)), (int?)((commit * 1000) + i), (string?)$"{commit}"))]);
        (long? User, DateTimeOffset? At, int? Age, string? City)[] expected =
            [.. Enumerable.Range(0, 20).Select(user => ((long?)user, (DateTimeOffset?)Hour(5), (int?)(2480 + user), (string?)"2"))];

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => ExpectUsersAsync(expected), Cancel)));
    }
}
