namespace Tauro.FeatureStore.Specification;

/// <summary>Suites whose tests are about one small group, <c>users</c>: a key, an event time, an age and a city.</summary>
public abstract class UsersSpecification(TestStore test) : Specification(test)
{
    protected static RetrievalOptions KnownAsOf { get; } = new() { KnownAsOf = true };

    protected static RetrievalOptions NoExactMatches { get; } = new() { AllowExactMatches = false };

    protected static FeatureGroupSchema Users { get; } = new("users")
    {
        EntityKeys = [new EntityKey("user_id", DataType.BigInt)],
        TimestampKey = "event_time",
        Features = [new FeatureSchema("age", DataType.Int), new FeatureSchema("city", DataType.String)],
    };

    /// <summary>The same group with history from elsewhere: each row says when it was learned.</summary>
    protected static FeatureGroupSchema UsersFromElsewhere { get; } = Users with { CreatedTimestampKey = "created_time" };

    protected Task<WriteResult> WriteUsersAsync(params (long User, DateTimeOffset At, int? Age, string? City)[] rows) => WriteUsersAsync(WriteMode.Append, rows);

    protected Task<WriteResult> WriteUsersAsync(WriteOptions options, params (long User, DateTimeOffset At, int? Age, string? City)[] rows) =>
        WriteAsync(options, "users", ("user_id", Each(rows, row => row.User)), ("event_time", Each(rows, row => row.At)),
            ("age", Each(rows, row => row.Age)), ("city", Each(rows, row => row.City)));

    protected Task<WriteResult> WriteUsersFromElsewhereAsync(params (long User, DateTimeOffset At, DateTimeOffset Created, int? Age, string? City)[] rows) =>
        WriteAsync("users", ("user_id", Each(rows, row => row.User)), ("event_time", Each(rows, row => row.At)), ("created_time", Each(rows, row => row.Created)),
            ("age", Each(rows, row => row.Age)), ("city", Each(rows, row => row.City)));

    /// <summary>Asks for age and city of each user at each moment, and expects those that stand beside them.</summary>
    protected Task ExpectUsersAsync(params (long? User, DateTimeOffset? At, int? Age, string? City)[] rows) => ExpectUsersAsync(RetrievalOptions.Default, rows);

    protected Task ExpectUsersAsync(RetrievalOptions options, params (long? User, DateTimeOffset? At, int? Age, string? City)[] rows) => ExpectTrainingSetAsync(
        ["users.age", "users.city"],
        spine: [("user_id", Each(rows, row => row.User)), ("event_timestamp", Each(rows, row => row.At))],
        expected: [("age", Each(rows, row => row.Age)), ("city", Each(rows, row => row.City))],
        options);

    private static T[] Each<TRow, T>(TRow[] rows, Func<TRow, T> value) => [.. rows.Select(value)];
}
