using System.Collections;
using System.Globalization;
using Apache.Arrow;
using Tauro.FeatureStore.Engines.Spark;
using Tauro.FeatureStore.Specification;
using Array = System.Array;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>Every value comes back from the server as it went in, whatever the session's setting about escapes in texts.</summary>
public sealed class LiteralTests(SparkServer server)
{
    private const int ValuesPerType = 400;
    private const int NestedValues = 450;
    private const int ColumnsPerQuery = 150;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task Single_values(string escapedStringLiterals)
    {
        var values = new LiteralValues(seed: 1);
        await using var spark = server.CreateExecutor(configuration: Setting(escapedStringLiterals));
        await CheckAsync(spark, values.Many<bool>(DataType.Boolean, 2), DataType.Boolean);
        await CheckAsync(spark, values.Many<int>(DataType.Int, ValuesPerType), DataType.Int);
        await CheckAsync(spark, values.Many<long>(DataType.BigInt, ValuesPerType), DataType.BigInt);
        await CheckAsync(spark, values.Many<float>(DataType.Float, ValuesPerType), DataType.Float);
        await CheckAsync(spark, values.Many<double>(DataType.Double, ValuesPerType), DataType.Double);
        await CheckAsync(spark, values.Many<string>(DataType.String, ValuesPerType), DataType.String);
        await CheckAsync(spark, values.Many<DateTimeOffset>(DataType.Timestamp, ValuesPerType), DataType.Timestamp);
        await CheckAsync(spark, values.Many<DateOnly>(DataType.Date, ValuesPerType), DataType.Date);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task Decimals_of_every_precision_and_scale(string escapedStringLiterals)
    {
        var values = new LiteralValues(seed: 2);
        decimal[] numbers =
        [
            .. values.Many<decimal>(DataType.Decimal(28, 14), 0), decimal.MaxValue, decimal.MinValue, 7.9228162514264337593543950335m, 0.79228162514264337593543950335m,
            .. Enumerable.Range(1, DataType.MaxDecimalPrecision).SelectMany(digits => Enumerable.Range(0, digits + 1).Select(scale => (decimal)values.Next(DataType.Decimal(digits, scale)))),
            .. Enumerable.Range(0, 100).Select(_ => values.LongDecimal()),
        ];
        await using var spark = server.CreateExecutor(configuration: Setting(escapedStringLiterals));
        foreach (var chunk in numbers.Chunk(ColumnsPerQuery))
        {
            // As texts, since those of 29 digits have no data type.
            var columns = chunk.Select((value, i) => FormattableString.Invariant($"CAST({SparkLiteral.Of(value)} AS STRING) AS c{i}"));
            using var table = await spark.ExecuteAsync($"SELECT {string.Join(", ", columns)}", cancellationToken: Cancel);
            Assert.Equal(chunk, chunk.Select((_, i) => decimal.Parse(table.GetColumn<string>(Column(i))[0], NumberStyles.Float, CultureInfo.InvariantCulture)));
        }
    }

    [Theory]
    [InlineData("false", 3)]
    [InlineData("true", 4)]
    public async Task Lists_maps_and_structs_of_all_types_as_parameters(string escapedStringLiterals, int seed)
    {
        var values = new LiteralValues(seed);
        await using var spark = server.CreateExecutor(configuration: Setting(escapedStringLiterals));
        var cases = Enumerable.Range(0, NestedValues).Select(_ => values.NestedType()).Select(type => (Type: type, Value: values.Next(type))).ToList();
        foreach (var chunk in cases.Chunk(ColumnsPerQuery))
        {
            var columns = chunk.Select((each, i) => Says(each.Value) ? FormattableString.Invariant($"$c{i} AS c{i}") : FormattableString.Invariant($"CAST($c{i} AS {SparkDialect.Instance.TypeName(each.Type)}) AS c{i}"));
            var parameters = chunk.Select((each, i) => (Name: Column(i), each.Value)).ToDictionary(each => each.Name, object? (each) => each.Value);

            using var table = await spark.ExecuteAsync($"SELECT {string.Join(", ", columns)}", parameters, cancellationToken: Cancel);

            var read = table.ToDictionary();
            for (var i = 0; i < chunk.Length; i++)
            {
                Assert.Equal(WithoutDigits(chunk[i].Type), WithoutDigits(table.GetColumnType(Column(i))));
                Assert.Equal(Written(chunk[i].Value), Written(read[Column(i)].GetValue(0)));
            }
        }
    }

    [Fact]
    public async Task Other_numbers_times_bytes_and_nulls()
    {
        await using var spark = server.CreateExecutor();
        var parameters = new Dictionary<string, object?>
        {
            ["tiny"] = sbyte.MinValue, ["octet"] = byte.MaxValue, ["small"] = short.MinValue, ["word"] = ushort.MaxValue, ["natural"] = uint.MaxValue, ["large"] = ulong.MaxValue, ["count"] = 7UL,
            ["utc"] = new DateTime(1969, 12, 31, 23, 59, 59, DateTimeKind.Utc), ["plain"] = new DateTime(9999, 12, 31), ["nothing"] = null, ["bytes"] = new byte[] { 0, 255, 39, 92 }, ["none"] = Array.Empty<byte>(),
        };

        using var table = await spark.ExecuteAsync(
            "SELECT $tiny AS a, $octet AS b, $small AS c, $word AS d, $natural AS e, $large AS f, $count AS g, $utc AS h, $plain AS i, $nothing IS NULL AS j, $bytes AS k, $none AS l", parameters, cancellationToken: Cancel);

        foreach (var (name, expected) in (ReadOnlySpan<(string, int)>)[("a", -128), ("b", 255), ("c", -32768), ("d", 65535)]) Assert.Equal([expected], table.GetColumn<int>(name));
        Assert.Equal([4_294_967_295L], table.GetColumn<long>("e"));
        Assert.Equal([18_446_744_073_709_551_615m], table.GetColumn<decimal>("f"));
        Assert.Equal([7L], table.GetColumn<long>("g"));
        Assert.Equal([DateTimeOffset.UnixEpoch.AddSeconds(-1)], table.GetColumn<DateTimeOffset>("h"));
        Assert.Equal([new DateTimeOffset(9999, 12, 31, 0, 0, 0, TimeSpan.Zero)], table.GetColumn<DateTimeOffset>("i"));
        Assert.Equal([true], table.GetColumn<bool>("j"));
        Assert.Equal([0, 255, 39, 92], ((BinaryArray)table.Batches[0].Column(10)).GetBytes(0).ToArray());
        Assert.True(((BinaryArray)table.Batches[0].Column(11)).GetBytes(0).IsEmpty);
    }

    [Fact]
    public async Task Collections_without_a_value_have_the_type_that_they_have_here()
    {
        await using var spark = server.CreateExecutor();
        (object Value, DataType Type)[] cases =
        [
            (Array.Empty<long>(), DataType.Array(DataType.BigInt)), (new int?[] { null, null }, DataType.Array(DataType.Int)), (new List<string?> { null }, DataType.Array(DataType.String)),
            (Array.Empty<decimal>(), DataType.Array(DataType.Decimal(1, 0))), (Array.Empty<float?[]>(), DataType.Array(DataType.Array(DataType.Float))),
            (new DateOnly?[]?[] { null, [null] }, DataType.Array(DataType.Array(DataType.Date))), (new Dictionary<string, double>(), DataType.Map(DataType.String, DataType.Double)),
            (new Dictionary<decimal, DateTime?> { [123.45m] = null }, DataType.Map(DataType.Decimal(5, 2), DataType.Timestamp)),
            (new List<Dictionary<short, bool>>(), DataType.Array(DataType.Map(DataType.Int, DataType.Boolean))),
        ];
        var parameters = cases.Select((each, i) => (Name: Column(i), each.Value)).ToDictionary(each => each.Name, object? (each) => each.Value);

        using var table = await spark.ExecuteAsync($"SELECT {string.Join(", ", parameters.Keys.Select(name => $"${name} AS {name}"))}", parameters, cancellationToken: Cancel);

        Assert.Equal(cases.Select(each => each.Type), table.ColumnNames.Select(table.GetColumnType));
        Assert.Equal(cases.Select(each => Written(each.Value)), table.ToDictionary().Values.Select(column => Written(column.GetValue(0))));
    }

    [Fact]
    public async Task Names_with_any_sign_stay_names()
    {
        await using var spark = server.CreateExecutor();
        string[] names = ["a b", "a`b", "a'b", "${spark.app.name}", "日本", "a.b", "\"q\"", "-- c", "$x"];
        var columns = names.Select((name, i) => FormattableString.Invariant($"{i} AS {SparkDialect.Instance.Identifier(name)}"));

        using var table = await spark.ExecuteAsync($"SELECT {string.Join(", ", columns)}", cancellationToken: Cancel);

        Assert.Equal(names, table.ColumnNames);
    }

    [Fact]
    public async Task Members_of_structs_are_reached_by_any_name()
    {
        await using var spark = server.CreateExecutor();
        string[] names = ["plain", "it's", "a`b", "日本", "a.b", "\\", "${x}"];
        var members = names.Select((name, i) => (name, i)).ToDictionary(each => each.name, object? (each) => each.i);
        var columns = names.Select((name, i) => FormattableString.Invariant($"s.{SparkDialect.Instance.Identifier(name)} AS c{i}"));

        using var table = await spark.ExecuteAsync($"SELECT {string.Join(", ", columns)} FROM (SELECT $place AS s)", new Dictionary<string, object?> { ["place"] = members }, cancellationToken: Cancel);

        Assert.Equal(Enumerable.Range(0, names.Length), table.ColumnNames.Select(name => table.GetColumn<int>(name)[0]));
    }

    [Fact]
    public void Refuses_what_has_no_literal_and_says_no_value()
    {
        Assert.Throws<SchemaValidationException>(() => SparkLiteral.Text("\uD800"));
        AssertRefused(new Version(1, 2), "the type Version", "1.2");
        AssertRefused(new[] { new Version(1, 2) }, "the type Version", "1.2");
        AssertRefused(new[] { 79228162514264337593543950335m, 0.0000000001m }, "29 digits before the point and others of 10 behind it", "7922816");
        AssertRefused(new List<Dictionary<string, decimal>> { new() { ["a"] = decimal.MaxValue }, new() { ["b"] = 1e-10m } }, "Spark's decimals have 38", "7922816");
        AssertRefused(new[] { Place(("lat", decimal.MaxValue)), Place(("LAT", new[] { 0m })), Place(("lat", 1e-10m)) }, "Spark's decimals have 38", "7922816");
        AssertRefused(Place(), "without members", "{}");
        AssertRefused(Place(("lat", 12345), ("LAT", 12346)), "names a member twice", "12345");

        static void AssertRefused(object value, string why, string secret)
        {
            var refused = Assert.Throws<SchemaValidationException>(() => new SqlValues(new Dictionary<string, object?> { ["secret"] = value }));
            Assert.Contains("'secret'", refused.Message, StringComparison.Ordinal);
            Assert.Contains(why, refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, refused.Message, StringComparison.Ordinal);
            Assert.Equal("secret", refused.Column);
        }

        static Dictionary<string, object?> Place(params (string Name, object? Value)[] members) => members.ToDictionary(member => member.Name, member => member.Value);
    }

    private static string Column(int i) => FormattableString.Invariant($"c{i}");

    private static Dictionary<string, string> Setting(string escapedStringLiterals) => new() { ["spark.sql.parser.escapedStringLiterals"] = escapedStringLiterals };

    private static async Task CheckAsync<T>(IQueryExecutor spark, T[] values, DataType type)
    {
        foreach (var chunk in values.Chunk(ValuesPerType))
        {
            var rows = chunk.Select((value, i) => FormattableString.Invariant($"({i}, ") + $"{SparkLiteral.Of(value)})");
            using var table = await spark.ExecuteAsync($"SELECT v FROM VALUES {string.Join(", ", rows)} AS t(i, v) ORDER BY i", cancellationToken: Cancel);
            Assert.Equal(type, table.GetColumnType("v"));
            Assert.Equal(chunk.Select(value => Written(value)), table.GetColumn<T>("v").Select(value => Written(value)));
        }
    }

    /// <summary>Whether a value says its type in all its members; a struct's member that is null has none.</summary>
    private static bool Says(object? value) => value switch
    {
        null => false,
        string => true,
        IReadOnlyDictionary<string, object?> members => members.Values.All(Says),
        IDictionary map => map.Count > 0 && map.Values.Cast<object?>().All(Says),
        Array elements => elements.Length > 0 && elements.Cast<object?>().All(Says),
        _ => true,
    };

    /// <summary>A type but for the digits of its decimals: a literal's are those of its value.</summary>
    private static DataType WithoutDigits(DataType type) => type.Kind switch
    {
        DataTypeKind.Decimal => DataType.Decimal(1, 0),
        DataTypeKind.Array => DataType.Array(WithoutDigits(type.Element!)),
        DataTypeKind.Map => DataType.Map(WithoutDigits(type.Key!), WithoutDigits(type.Element!)),
        DataTypeKind.Struct => DataType.Struct([.. type.Members.Select(member => new StructMember(member.Name, WithoutDigits(member.Type)))]),
        _ => type,
    };

    /// <summary>A value as a text of which each value has its own: with the sign of zero, and without trailing zeros of decimals.</summary>
    private static string Written(object? value) => value switch
    {
        decimal number => (number / 1.000000000000000000000000000000m).ToString(CultureInfo.InvariantCulture),
        DateTimeOffset moment => UtcTime.FromDateTimeOffset(moment).ToString(CultureInfo.InvariantCulture),
        DateTime moment => UtcTime.FromDateTime(moment).ToString(CultureInfo.InvariantCulture),
        IReadOnlyDictionary<string, object?> members => $"({string.Join(", ", members.Select(member => $"{member.Key} = {Written(member.Value)}"))})",
        IDictionary map => $"{{{string.Join(", ", map.Keys.Cast<object>().Select(key => $"{WrittenKey(key)}: {Written(map[key])}").Order(StringComparer.Ordinal))}}}",
        Array elements => $"[{string.Join(", ", elements.Cast<object?>().Select(Written))}]",
        IList elements => Written(elements.Cast<object?>().ToArray()),
        _ => Printed.Value(value),
    };

    /// <summary>Spark 4 makes a key of a map that is a negative zero a positive one, which is the same key here.</summary>
    private static string WrittenKey(object key) => Written(key is double or float && Convert.ToDouble(key, CultureInfo.InvariantCulture) == 0 ? 0 : key);
}
