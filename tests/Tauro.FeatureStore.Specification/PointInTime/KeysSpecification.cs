namespace Tauro.FeatureStore.Specification;

/// <summary>What names an entity: rule 10.</summary>
public abstract class KeysSpecification(TestStore test) : Specification(test)
{
    /// <summary>For each type a key may have, two keys, and a third that no row has.</summary>
    private static readonly Dictionary<string, (DataType Type, Array Keys)> KeysOfEachType = new(StringComparer.Ordinal)
    {
        ["Int"] = (DataType.Int, Ints(int.MinValue, int.MaxValue, 0)),
        ["BigInt"] = (DataType.BigInt, Longs(long.MinValue, long.MaxValue, 0)),
        ["String"] = (DataType.String, Texts("Ärger", "", "x")),
        ["Date"] = (DataType.Date, Dates(new DateOnly(1969, 12, 31), new DateOnly(9999, 12, 31), DateOf(1))),
        ["Timestamp"] = (DataType.Timestamp, Times(Hour(1) + Microsecond, Hour(1), Hour(1) - Microsecond)),
        ["Decimal"] = (DataType.Decimal(20, 2), Decimals(-1.25m, 12345678901234567.89m, 0.01m)),
    };

    public static TheoryData<string> KeyTypes => [.. KeysOfEachType.Keys];

    [Theory]
    [MemberData(nameof(KeyTypes))]
    public async Task Keys_of_each_type_find_their_rows(string type)
    {
        var (keyType, keys) = KeysOfEachType[type];
        await RegisterAsync(SampleGroups.Keyed(keyType));
        await WriteAsync("things", ("id", Pick(keys, 0, 1)), ("event_time", Times(Hour(1), Hour(1))), ("value", Texts("first", "second")));

        await ExpectTrainingSetAsync(
            ["value"],
            spine: [("id", Pick(keys, 1, 2, 0, null, 1)), ("event_timestamp", Times(Hour(2), Hour(2), Hour(2), Hour(2), Hour(0)))],
            expected: [("value", Texts("second", null, "first", null, null))]);
    }

    [Theory]
    [MemberData(nameof(KeyTypes))]
    public async Task Keys_of_each_type_come_back_as_they_were_written(string type)
    {
        var (keyType, keys) = KeysOfEachType[type];
        await RegisterAsync(SampleGroups.Keyed(keyType));
        await WriteAsync("things", ("id", Pick(keys, 0)), ("event_time", Times(Hour(1))), ("value", Texts("first")));

        await ExpectEveryEntityAsync(["value"], [("id", Pick(keys, 0)), ("value", Texts("first"))]);
    }

    [Theory]
    [MemberData(nameof(KeyTypes))]
    public async Task The_first_write_pins_the_type_of_a_key_that_declares_none(string type)
    {
        var (_, keys) = KeysOfEachType[type];
        await RegisterAsync(SampleGroups.Keyed(null));
        await WriteAsync("things", ("id", Pick(keys, 0, 1)), ("event_time", Times(Hour(1), Hour(1))), ("value", Texts("first", "second")));

        await ExpectTrainingSetAsync(
            ["value"],
            spine: [("id", Pick(keys, 1, 0)), ("event_timestamp", Times(Hour(2), Hour(2)))],
            expected: [("value", Texts("second", "first"))]);
    }

    [Fact]
    public async Task Booleans_are_keys()
    {
        await RegisterAsync(SampleGroups.Keyed(DataType.Boolean));
        await WriteAsync("things", ("id", Booleans(false, true)), ("event_time", Times(Hour(1), Hour(1))), ("value", Texts("no", "yes")));

        await ExpectTrainingSetAsync(
            ["value"],
            spine: [("id", Booleans(true, null, false)), ("event_timestamp", Times(Hour(2), Hour(2), Hour(2)))],
            expected: [("value", Texts("yes", null, "no"))]);
        await ExpectEveryEntityAsync(["value"], [("id", Booleans(false, true)), ("value", Texts("no", "yes"))]);
    }

    [Theory]
    [InlineData("FLOAT")]
    [InlineData("DOUBLE")]
    [InlineData("ARRAY<INT>")]
    [InlineData("MAP<STRING, INT>")]
    [InlineData("STRUCT<a: INT>")]
    public void Keys_of_other_types_are_refused(string type)
    {
        var refused = Assert.Throws<SchemaValidationException>(() => new EntityKey("id", DataType.Parse(type)));

        Assert.Contains(type, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_write_cannot_pin_a_type_that_no_key_can_have()
    {
        NeedsWrites();
        await RegisterAsync(SampleGroups.Keyed(null));

        var refused = await RefusesWriteAsync<SchemaValidationException>(
            "things", ("id", Doubles(1.5)), ("event_time", Times(Hour(1))), ("value", Texts("x")));

        Assert.Equal("id", refused.Column);
        Assert.Contains("DOUBLE", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Composite_keys_compare_column_by_column()
    {
        await RegisterAsync(SampleGroups.Pairs(DataType.BigInt, DataType.BigInt));
        await WriteAsync("pairs", ("a", Longs(1, 12)), ("b", Longs(23, 3)), ("event_time", Times(Hour(1), Hour(1))), ("value", Texts("1 and 23", "12 and 3")));

        await ExpectTrainingSetAsync(
            ["value"],
            spine: [("a", Longs(12, 1, 123, 1, 23)), ("b", Longs(3, 23, 0, 3, 1)), ("event_timestamp", Times(Hour(2), Hour(2), Hour(2), Hour(2), Hour(2)))],
            expected: [("value", Texts("12 and 3", "1 and 23", null, null, null))]);
    }

    [Fact]
    public async Task Composite_texts_are_never_joined()
    {
        await RegisterAsync(SampleGroups.Pairs(DataType.String, DataType.String));
        await WriteAsync(
            "pairs", ("a", Texts("a", "a|b", "", "x\0")), ("b", Texts("b|c", "c", "ab", "y")),
            ("event_time", Times(Hour(1), Hour(1), Hour(1), Hour(1))), ("value", Texts("one", "two", "three", "four")));

        await ExpectTrainingSetAsync(
            ["value"],
            spine:
            [
                ("a", Texts("a|b", "a", "ab", "", "x", "x\0")), ("b", Texts("c", "b|c", "", "ab", "\0y", "y")),
                ("event_timestamp", Times(Hour(2), Hour(2), Hour(2), Hour(2), Hour(2), Hour(2))),
            ],
            expected: [("value", Texts("two", "one", null, "three", null, "four"))]);
    }

    [Fact]
    public async Task Composite_keys_of_mixed_types_are_typed()
    {
        await RegisterAsync(SampleGroups.Pairs(DataType.Date, DataType.Boolean));
        await WriteAsync("pairs", ("a", Dates(DateOf(1), DateOf(1))), ("b", Booleans(true, false)), ("event_time", Times(Hour(1), Hour(1))), ("value", Texts("yes", "no")));

        await ExpectTrainingSetAsync(
            ["value"],
            spine: [("b", Booleans(false, true, true)), ("a", Dates(DateOf(1), DateOf(1), DateOf(2))), ("event_timestamp", Times(Hour(2), Hour(2), Hour(2)))],
            expected: [("value", Texts("no", "yes", null))]);
    }

    [Fact]
    public async Task Texts_are_compared_byte_for_byte()
    {
        string[] keys = ["a", "A", "a ", " a", "é", "e\u0301", "ß", "ss", "İ", "i", "a\0", "a\0b", "1", "01"];
        await RegisterAsync(SampleGroups.Keyed(DataType.String));
        await WriteAsync("things", ("id", keys), ("event_time", Array.ConvertAll(keys, _ => Hour(1))), ("value", Array.ConvertAll(keys, key => $"value of {key}")));

        string?[] asked = [.. keys.Reverse(), "B", "SS", "I", "\u00e9"];
        await ExpectTrainingSetAsync(
            ["value"],
            spine: [("id", asked), ("event_timestamp", Array.ConvertAll(asked, _ => Hour(2)))],
            expected: [("value", Array.ConvertAll(asked, key => keys.Contains(key) ? $"value of {key}" : null))]);
    }

    [Fact]
    public async Task Texts_sort_by_their_UTF8_bytes()
    {
        // In UTF-16 the emoji's first unit (D83D) is below the tilde's (FF5E); in UTF-8 it is the other way round.
        string[] sorted = ["", "A", "B", "a", "aa", "b", "z", "Ä", "é", "\uff5e", "\U0001f600"];
        await RegisterAsync(SampleGroups.Keyed(DataType.String));
        string[] written = [.. sorted.OrderByDescending(text => text.Length).ThenByDescending(text => text, StringComparer.Ordinal)];
        await WriteAsync("things", ("id", written), ("event_time", Array.ConvertAll(written, _ => Hour(1))), ("value", written));

        await ExpectEveryEntityAsync(["value"], [("id", sorted), ("value", sorted)]);
    }

    [Fact]
    public async Task Unpaired_surrogates_are_refused_in_a_spine()
    {
        await RegisterAsync(SampleGroups.Keyed(DataType.String));

        foreach (var text in new[] { "\ud83d", "x\ude00y", "\ude00\ud83d" })
        {
            var refused = await RefusesTrainingSetAsync<SchemaValidationException>(
                ["value"], [("id", Texts("fine", text)), ("event_timestamp", Times(Hour(1), Hour(1)))]);
            Assert.Equal(("id", 1), (refused.Column, refused.Row));
        }
    }

    [Fact]
    public async Task Unpaired_surrogates_are_refused_in_a_write()
    {
        await RegisterAsync(SampleGroups.Keyed(DataType.String));

        var key = await RefusesWriteAsync<SchemaValidationException>(
            "things", ("id", Texts("fine", "\ud83d")), ("event_time", Times(Hour(1), Hour(1))), ("value", Texts("a", "b")));
        Assert.Equal(("id", 1), (key.Column, key.Row));
        var feature = await RefusesWriteAsync<SchemaValidationException>(
            "things", ("id", Texts("fine", "too")), ("event_time", Times(Hour(1), Hour(1))), ("value", Texts("\ude00", "b")));
        Assert.Equal(("value", 0), (feature.Column, feature.Row));
    }

    [Fact]
    public async Task An_int_in_the_spine_finds_a_bigint()
    {
        await RegisterAsync(SampleGroups.Keyed(DataType.BigInt));
        await WriteAsync("things", ("id", Longs(-1, 5_000_000_000)), ("event_time", Times(Hour(1), Hour(1))), ("value", Texts("minus one", "big")));

        await ExpectTrainingSetAsync(
            ["value"],
            spine: [("id", Ints(-1, 705_032_704, null)), ("event_timestamp", Times(Hour(2), Hour(2), Hour(2)))],
            expected: [("value", Texts("minus one", null, null))]);
    }

    [Fact]
    public async Task A_bigint_in_the_spine_finds_an_int_and_is_never_cut()
    {
        await RegisterAsync(SampleGroups.Keyed(DataType.Int));
        await WriteAsync("things", ("id", Ints(-1, 705_032_704)), ("event_time", Times(Hour(1), Hour(1))), ("value", Texts("minus one", "small")));

        await ExpectTrainingSetAsync(
            ["value"],
            spine: [("id", Longs(-1, 705_032_704, 5_000_000_000, null)), ("event_timestamp", Times(Hour(2), Hour(2), Hour(2), Hour(2)))],
            expected: [("value", Texts("minus one", "small", null, null))]);
    }

    [Fact]
    public async Task Decimals_are_compared_by_value_whatever_their_scale()
    {
        await RegisterAsync(SampleGroups.Keyed(DataType.Decimal(10, 2)));
        await WriteAsync("things", ("id", Decimals(1.5m, 2m)), ("event_time", Times(Hour(1), Hour(1))), ("value", Texts("one and a half", "two")));

        foreach (var (two, half) in new (decimal, decimal)[] { (2m, 1.5m), (2.0m, 1.50m), (2.0000m, 1.5000m) })
            await ExpectTrainingSetAsync(
                ["value"],
                spine: [("id", Decimals(two, half, 3m, null)), ("event_timestamp", Times(Hour(2), Hour(2), Hour(2), Hour(2)))],
                expected: [("value", Texts("two", "one and a half", null, null))]);
        await ExpectTrainingSetAsync(["value"], spine: [("id", Decimals(2m)), ("event_timestamp", Times(Hour(2)))], expected: [("value", Texts("two"))]);
    }

    [Fact]
    public async Task Keys_of_types_that_do_not_convert_are_refused_and_both_types_are_named()
    {
        await RegisterAsync(SampleGroups.Keyed(DataType.BigInt));
        await WriteAsync("things", ("id", Longs(1)), ("event_time", Times(Hour(1))), ("value", Texts("one")));

        foreach (var (keys, type) in new (Array, string)[] { (Texts("1"), "STRING"), (Doubles(1), "DOUBLE"), (Booleans(true), "BOOLEAN"), (Dates(DateOf(1)), "DATE") })
        {
            var refused = await RefusesTrainingSetAsync<SchemaValidationException>(["value"], [("id", keys), ("event_timestamp", Times(Hour(1)))]);
            Assert.Equal("id", refused.Column);
            Assert.Contains("BIGINT", refused.Message, StringComparison.Ordinal);
            Assert.Contains(type, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_type_that_was_pinned_holds_for_the_spine_and_for_later_writes()
    {
        NeedsWrites();
        await RegisterAsync(SampleGroups.Keyed(null));
        await WriteAsync("things", ("id", Longs(1)), ("event_time", Times(Hour(1))), ("value", Texts("one")));

        var spine = await RefusesTrainingSetAsync<SchemaValidationException>(["value"], [("id", Texts("1")), ("event_timestamp", Times(Hour(1)))]);
        Assert.Contains("BIGINT", spine.Message, StringComparison.Ordinal);
        Assert.Contains("STRING", spine.Message, StringComparison.Ordinal);
        var write = await RefusesWriteAsync<SchemaValidationException>("things", ("id", Texts("1")), ("event_time", Times(Hour(2))), ("value", Texts("two")));
        Assert.Equal("id", write.Column);
        await WriteAsync("things", ("id", Ints(2)), ("event_time", Times(Hour(2))), ("value", Texts("two")));
        await ExpectEveryEntityAsync(["value"], [("id", Longs(1, 2)), ("value", Texts("one", "two"))]);
    }

    /// <summary>An array of the same type with the elements at these places; null where the place is null.</summary>
    private static Array Pick(Array values, params int?[] places)
    {
        var picked = Array.CreateInstance(values.GetType().GetElementType()!, places.Length);
        for (var i = 0; i < places.Length; i++) picked.SetValue(places[i] is { } place ? values.GetValue(place) : null, i);
        return picked;
    }
}
