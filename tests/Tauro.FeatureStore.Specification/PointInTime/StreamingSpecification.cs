using Apache.Arrow;

namespace Tauro.FeatureStore.Specification;

/// <summary>A stream of batches says the same as a table.</summary>
public abstract class StreamingSpecification(TestStore test) : UsersSpecification(test)
{
    [Fact]
    public async Task The_batches_of_a_training_set_are_its_table()
    {
        await RegisterAsync(Users, SampleGroups.Rates);
        await WriteUsersAsync([.. Enumerable.Range(0, 50).Select(i => ((long)i, Hour(i), (int?)i, (string?)$"city {i}"))]);
        await WriteAsync("rates", ("event_time", Times(Hour(10))), ("rate", Doubles(0.5)));
        var rows = Enumerable.Range(0, 10_000).ToArray();
        Columns spine = [("user_id", System.Array.ConvertAll(rows, i => (long)(i % 60))), ("event_timestamp", System.Array.ConvertAll(rows, i => Hour(i % 70)))];
        using var table = FeatureTable.FromColumns(spine);

        await ExpectStreamAsync(
            FeatureRequest.ForSpine(["age", "rate", "city"], table),
            [
                .. spine,
                ("age", System.Array.ConvertAll(rows, i => IsKnown(i) ? (int?)(i % 60) : null)),
                ("rate", System.Array.ConvertAll(rows, i => i % 70 >= 10 ? (double?)0.5 : null)),
                ("city", System.Array.ConvertAll(rows, i => IsKnown(i) ? $"city {i % 60}" : null)),
            ]);

        static bool IsKnown(int i) => i % 60 < 50 && i % 60 <= i % 70;
    }

    [Fact]
    public async Task The_batches_of_every_entity_and_of_a_range_are_their_tables()
    {
        await RegisterAsync(Users);
        await WriteUsersAsync((2, Hour(1), 22, "b"), (1, Hour(2), 11, "a"), (1, Hour(1), 10, "z"));

        await ExpectStreamAsync(FeatureRequest.ForEveryEntity(["age"]), [("user_id", Longs(1, 2)), ("age", Ints(11, 22))]);
        await ExpectStreamAsync(
            FeatureRequest.ForRange(["age"], new TimeRange(Hour(1), Hour(2))), [("user_id", Longs(1, 2)), ("event_time", Times(Hour(1), Hour(1))), ("age", Ints(10, 22))]);
    }

    private async Task ExpectStreamAsync(FeatureRequest request, Columns expected)
    {
        var batches = new List<RecordBatch>();
        await foreach (var batch in Store.StreamFeaturesAsync(request, Cancel)) batches.Add(batch);
        using var table = FeatureTable.FromArrow(batches[0].Schema, batches);
        TableAssert.Equal(expected, table);
    }
}
