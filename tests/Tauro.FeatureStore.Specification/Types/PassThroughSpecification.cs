namespace Tauro.FeatureStore.Specification;

/// <summary>Values of every type come back as they were written, on every way of reading.</summary>
public abstract class PassThroughSpecification(TestStore test) : Specification(test)
{
    [Fact]
    public Task Int() => ComesBackAsync(DataType.Int, Ints(int.MinValue, null, int.MaxValue));

    [Fact]
    public Task BigInt() => ComesBackAsync(DataType.BigInt, Longs(long.MinValue, null, long.MaxValue));

    [Fact]
    public Task Float() => ComesBackAsync(DataType.Float, Floats(float.Epsilon, null, float.NegativeInfinity));

    [Fact]
    public Task Double() => ComesBackAsync(DataType.Double, Doubles(double.NaN, null, 0.1));

    [Fact]
    public Task Boolean() => ComesBackAsync(DataType.Boolean, Booleans(true, null, false));

    [Fact]
    public Task Text() => ComesBackAsync(DataType.String, Texts("Ä\0\"'; DROP TABLE x --\n\U0001f600", null, ""));

    [Fact]
    public Task Long_text() => ComesBackAsync(DataType.String, Texts(new string('ä', 100_000), null, "b"));

    [Fact]
    public Task Timestamp() => ComesBackAsync(
        DataType.Timestamp, Times(new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero), null, new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero).AddTicks(9_999_990)));

    [Fact]
    public Task Date() => ComesBackAsync(DataType.Date, Dates(DateOnly.MinValue, null, DateOnly.MaxValue));

    [Fact]
    public Task Decimal_with_cents() => ComesBackAsync(DataType.Decimal(10, 2), Decimals(12_345_678.90m, null, -0.01m));

    [Fact]
    public Task Decimal_of_few_digits() => ComesBackAsync(DataType.Decimal(4, 4), Decimals(0.9999m, null, -0.0001m));

    [Fact]
    public Task Decimal_of_all_digits() => ComesBackAsync(DataType.Decimal(28, 0), Decimals(9_999_999_999_999_999_999_999_999_999m, null, -9_999_999_999_999_999_999_999_999_999m));

    [Fact]
    public Task Decimal_with_all_digits_after_the_point() =>
        ComesBackAsync(DataType.Decimal(28, 28), Decimals(0.9999999999999999999999999999m, null, -0.0000000000000000000000000001m));

    [Fact]
    public Task Vector() => ComesBackAsync(DataType.Array(DataType.Float), new float?[]?[] { [1f, null, -3.5f], null, [] });

    [Fact]
    public Task Array_of_texts() => ComesBackAsync(DataType.Array(DataType.String), new string?[]?[] { ["a", null, ""], null, [] });

    [Fact]
    public Task Array_of_times() => ComesBackAsync(DataType.Array(DataType.Timestamp), new DateTimeOffset?[]?[] { [Hour(1), null], null, [] });

    [Fact]
    public Task Array_of_decimals() => ComesBackAsync(DataType.Array(DataType.Decimal(10, 2)), new decimal?[]?[] { [1.25m, null, -3m], null, [] });

    [Fact]
    public Task Array_of_arrays() => ComesBackAsync(DataType.Array(DataType.Array(DataType.Int)), new int?[]?[]?[] { [[1, null], null, []], null, [] });

    [Fact]
    public Task Map() => ComesBackAsync(
        DataType.Map(DataType.String, DataType.Double),
        new IReadOnlyDictionary<string, double?>?[] { new Dictionary<string, double?> { ["a"] = 0.5, ["b"] = null, [""] = 1 }, null, new Dictionary<string, double?>() });

    [Fact]
    public Task Map_of_days_to_arrays() => ComesBackAsync(
        DataType.Map(DataType.Date, DataType.Array(DataType.BigInt)),
        new IReadOnlyDictionary<DateOnly, long?[]?>?[]
        {
            new Dictionary<DateOnly, long?[]?> { [DateOf(1)] = [1, null], [DateOf(2)] = null }, null, new Dictionary<DateOnly, long?[]?>(),
        });

    [Fact]
    public Task Struct() => ComesBackAsync(
        DataType.Struct(("lat", DataType.Double), ("name", DataType.String)),
        written: new Place?[] { new Place(59.9, "Oslo"), null, new Place(null, null) },
        read: new IReadOnlyDictionary<string, object?>?[]
        {
            new Dictionary<string, object?> { ["lat"] = 59.9, ["name"] = "Oslo" }, null, new Dictionary<string, object?> { ["lat"] = null, ["name"] = null },
        });

    [Fact]
    public Task Array_of_structs() => ComesBackAsync(
        DataType.Array(DataType.Struct(("lat", DataType.Double), ("name", DataType.String))),
        written: new Place?[]?[] { [new Place(1, "a"), null, new Place(null, "b")], null, [] },
        read: new IReadOnlyDictionary<string, object?>?[]?[]
        {
            [new Dictionary<string, object?> { ["lat"] = 1d, ["name"] = "a" }, null, new Dictionary<string, object?> { ["lat"] = null, ["name"] = "b" }], null, [],
        });

    [Fact]
    public Task Struct_of_arrays_and_structs() => ComesBackAsync(
        DataType.Struct(("stops", DataType.Array(DataType.Int)), ("start", DataType.Struct(("lat", DataType.Double), ("name", DataType.String)))),
        written: new Route?[] { new Route([1, null], new Place(1, "a")), null, new Route(null, null) },
        read: new IReadOnlyDictionary<string, object?>?[]
        {
            new Dictionary<string, object?> { ["stops"] = new int?[] { 1, null }, ["start"] = new Dictionary<string, object?> { ["lat"] = 1d, ["name"] = "a" } },
            null,
            new Dictionary<string, object?> { ["stops"] = null, ["start"] = null },
        });

    [Fact]
    public async Task All_of_them_beside_each_other()
    {
        (DataType Type, Array Values)[] columns =
        [
            (DataType.Int, Ints(1, null)), (DataType.Array(DataType.String), new string?[]?[] { ["x"], null }), (DataType.String, Texts("text", null)),
            (DataType.Decimal(10, 2), Decimals(1.5m, null)), (DataType.Boolean, Booleans(true, null)), (DataType.Date, Dates(DateOf(3), null)),
            (DataType.Map(DataType.Int, DataType.String), new IReadOnlyDictionary<int, string?>?[] { new Dictionary<int, string?> { [1] = "one" }, null }),
            (DataType.Timestamp, Times(Hour(5), null)), (DataType.Float, Floats(0.5f, null)), (DataType.Double, Doubles(0.25, null)), (DataType.BigInt, Longs(7, null)),
        ];
        Columns features = [.. columns.Select((column, i) => ($"feature_{i}", column.Values))];
        await RegisterAsync(Holding([.. columns.Select((column, i) => new FeatureSchema($"feature_{i}", column.Type))]));
        await WriteAsync("holding", [("id", Ints(1, 2)), ("event_time", Times(Hour(1), Hour(1))), .. features]);

        await ExpectLatestAsync([.. features.Reverse().Select(feature => FeatureReference.Parse(feature.Name))], [("id", Ints(1, 2))], [.. features.Reverse()]);
    }

    private static FeatureGroupSchema Holding(params FeatureSchema[] features) => new("holding")
    {
        EntityKeys = [new EntityKey("id", DataType.Int)],
        TimestampKey = "event_time",
        Features = features,
    };

    private Task ComesBackAsync(DataType type, Array values) => ComesBackAsync(type, values, values);

    /// <summary>Three values, the middle one null, read back in each of the ways there are.</summary>
    private async Task ComesBackAsync(DataType type, Array written, Array read)
    {
        await RegisterAsync(Holding(new FeatureSchema("value", type)));
        await WriteAsync("holding", ("id", Ints(1, 2, 3)), ("event_time", Times(Hour(1), Hour(1), Hour(1))), ("value", written));

        await ExpectTrainingSetAsync(
            ["value"],
            spine: [("id", Ints(3, 1, 9, 2, 1, 1)), ("event_timestamp", Times(Hour(1), Hour(2), Hour(2), Hour(2), Hour(0), Hour(1)))],
            expected: [("value", Pick(read, 2, 0, 1, 1, 1, 0))]);
        await ExpectLatestAsync(["value"], [("id", Ints(2, 3, 1))], [("value", Pick(read, 1, 2, 0))]);
        await ExpectEveryEntityAsync(["value"], [("id", Ints(1, 2, 3)), ("value", read)]);
        await ExpectRangeAsync(["value"], Hour(1), Hour(2), [("id", Ints(1, 2, 3)), ("event_time", Times(Hour(1), Hour(1), Hour(1))), ("value", read)]);
        await ExpectTrainingSetAsync(
            [new FeatureReference("value") { SkipNulls = true }],
            spine: [("id", Ints(2, 3)), ("event_timestamp", Times(Hour(2), Hour(2)))],
            expected: [("value", Pick(read, 1, 2))]);
        await ExpectTrainingSetAsync(["value"], spine: [("id", Ints()), ("event_timestamp", Times())], expected: [("value", Pick(read))]);

        using var table = await Store.GetFeaturesAsync(["value"], cancellationToken: Cancel);
        Assert.Equal(type, table.GetColumnType("value"));
    }

    private static Array Pick(Array values, params int[] places)
    {
        var picked = Array.CreateInstance(values.GetType().GetElementType()!, places.Length);
        for (var i = 0; i < places.Length; i++) picked.SetValue(values.GetValue(places[i]), i);
        return picked;
    }

    private sealed record Place(double? lat, string? name);

    private sealed record Route(int?[]? stops, Place? start);
}
