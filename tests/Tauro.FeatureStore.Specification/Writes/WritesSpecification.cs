namespace Tauro.FeatureStore.Specification;

/// <summary>Suites about writing, for stores that have it.</summary>
public abstract class WritesSpecification : UsersSpecification
{
    protected WritesSpecification(TestStore test) : base(test) => Assert.SkipUnless(test.SupportsWrites, $"{test} has no writes.");

    /// <summary>Expects these rows and no others in the group, ordered by key, event time and write.</summary>
    protected Task ExpectAllUsersAsync(params (long User, DateTimeOffset At, int? Age, string? City)[] rows) => ExpectRangeAsync(
        ["users.age", "users.city"], DateTimeOffset.MinValue, DateTimeOffset.MaxValue,
        [
            ("user_id", rows.Select(row => row.User).ToArray()), ("event_time", rows.Select(row => row.At).ToArray()),
            ("age", rows.Select(row => row.Age).ToArray()), ("city", rows.Select(row => row.City).ToArray()),
        ]);
}
