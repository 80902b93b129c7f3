using System.Globalization;
using CsCheck;
using Tauro.FeatureStore.Engines.Spark;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>Every value comes back from the server as it went in, whatever the session's settings about texts.</summary>
public sealed class LiteralTests(SparkServer server)
{
    private const int ValuesPerType = 400;

    private static readonly string[] HardTexts =
    [
        "", " ", "'", "''", "\\", "\\'", "\\\\", "\"", "`", "$x", "${spark.app.name}", "${env:HOME}", "%", "_", "\0", "a\0b", "\n", "\r\n", "\t", "--", "/* */", ";",
        "'); DROP TABLE users; --", "é", "e\u0301", "日本語", "😀", "\u200B", "\uFEFF", "\\u0041", "\\x41", "\\047", "r'x'", "X'41'", ":x", "?", "{}", "\u001A", "\uFFFF",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task Texts(string escapedStringLiterals)
    {
        var generated = Gen.String[Gen.OneOf(Gen.Char[' ', '~'], Gen.Char, Gen.Char["'\\\"`${\0"]), 0, 40];
        string[] values = [.. HardTexts, .. Sample(generated.Where(text => text.IsWellFormed()))];
        await CheckAsync(values, DataType.String, escapedStringLiterals);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task Whole_numbers(string escapedStringLiterals)
    {
        await CheckAsync([int.MinValue, int.MaxValue, 0, -1, .. Sample(Gen.Int)], DataType.Int, escapedStringLiterals);
        await CheckAsync([long.MinValue, long.MaxValue, 0L, -1L, .. Sample(Gen.Long)], DataType.BigInt, escapedStringLiterals);
    }

    [Fact]
    public async Task Floating_point_numbers_bit_by_bit()
    {
        double[] doubles = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, double.Epsilon, double.MaxValue, double.MinValue, 0.1, .. Sample(Gen.Double)];
        await CheckAsync(doubles, DataType.Double, "false", value => double.IsNaN(value) ? 1 : BitConverter.DoubleToInt64Bits(value));
        float[] floats = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, float.Epsilon, float.MaxValue, float.MinValue, 0.1f, .. Sample(Gen.Float)];
        await CheckAsync(floats, DataType.Float, "false", value => float.IsNaN(value) ? 1 : BitConverter.SingleToInt32Bits(value));
    }

    [Fact]
    public async Task Decimals()
    {
        decimal[] edges = [0m, 0.0m, -0.01m, 1.50m, 9999999999999999999999999999m, -0.0000000000000000000000000001m, 1e-28m];
        decimal[] values = [.. edges, .. Sample(Gen.Select(Gen.Long, Gen.Int[0, 9], (number, scale) => new decimal((int)number, (int)(number >> 32), 7, number < 0, (byte)scale)))];
        await using var spark = server.CreateExecutor();
        foreach (var chunk in values.Chunk(200))
        {
            var columns = chunk.Select((value, i) => FormattableString.Invariant($"CAST({SparkLiteral.Of(value)} AS STRING) AS c{i}"));
            using var table = await spark.ExecuteAsync($"SELECT {string.Join(", ", columns)}", cancellationToken: Cancel);
            var read = chunk.Select((_, i) => decimal.Parse(table.GetColumn<string>(FormattableString.Invariant($"c{i}"))[0], NumberStyles.Float, CultureInfo.InvariantCulture));
            Assert.Equal(chunk, read);
        }
    }

    [Fact]
    public async Task Moments_and_days()
    {
        DateTimeOffset[] moments =
        [
            DateTimeOffset.MinValue, new(9999, 12, 31, 23, 59, 59, 999, 999, TimeSpan.Zero), DateTimeOffset.UnixEpoch, new(1582, 10, 10, 0, 0, 0, TimeSpan.Zero),
            new(1883, 11, 18, 12, 0, 0, TimeSpan.FromHours(-5)),
            .. Sample(Gen.Long[UtcTime.MinValue, UtcTime.MaxValue].Select(UtcTime.ToDateTimeOffset)),
        ];
        await CheckAsync(moments, DataType.Timestamp, "false", value => UtcTime.FromDateTimeOffset(value));
        await CheckAsync([DateOnly.MinValue, DateOnly.MaxValue, new DateOnly(1582, 10, 10), .. Sample(Gen.Int[UtcTime.MinDay, UtcTime.MaxDay].Select(UtcTime.ToDate))], DataType.Date, "false");
    }

    [Fact]
    public async Task Booleans_nulls_lists_and_maps()
    {
        await using var spark = server.CreateExecutor();
        var parameters = new Dictionary<string, object?>
        {
            ["yes"] = true, ["nothing"] = null, ["vector"] = new[] { 0.5f, -0f }, ["empty"] = Array.Empty<long>(), ["words"] = new List<string?> { "it's", null },
            ["map"] = new Dictionary<string, int> { ["a'"] = 1 },
        };

        using var table = await spark.ExecuteAsync("SELECT $yes AS a, $nothing IS NULL AS b, $vector AS c, $empty AS d, $words AS e, $map AS f", parameters, cancellationToken: Cancel);

        Assert.Equal([true], table.GetColumn<bool>("a"));
        Assert.Equal([true], table.GetColumn<bool>("b"));
        Assert.Equal([0.5f, -0f], table.GetColumn<float[]>("c")[0]);
        Assert.Empty(table.GetColumn<long[]>("d")[0]);
        Assert.Equal(["it's", null], table.GetColumn<string?[]>("e")[0]);
        Assert.Equal(1, table.GetColumn<IReadOnlyDictionary<string, int>>("f")[0]["a'"]);
        Assert.Equal(DataType.Array(DataType.BigInt), table.GetColumnType("d"));
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
    public void Refuses_half_a_sign_and_unknown_types()
    {
        Assert.Throws<SchemaValidationException>(() => SparkLiteral.Text("\uD800"));
        var refused = Assert.Throws<SchemaValidationException>(() => new SqlValues(new Dictionary<string, object?> { ["secret"] = new Version(1, 2) }));
        Assert.Contains("'secret'", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("1.2", refused.Message, StringComparison.Ordinal);
    }

    private Task CheckAsync<T>(T[] values, DataType type, string escapedStringLiterals) => CheckAsync(values, type, escapedStringLiterals, value => value);

    private async Task CheckAsync<T, TCompared>(T[] values, DataType type, string escapedStringLiterals, Func<T, TCompared> compared)
    {
        await using var spark = server.CreateExecutor(configuration: new() { ["spark.sql.parser.escapedStringLiterals"] = escapedStringLiterals });
        foreach (var chunk in values.Chunk(500))
        {
            var rows = chunk.Select((value, i) => FormattableString.Invariant($"({i}, ") + $"{SparkLiteral.Of(value)})");
            using var table = await spark.ExecuteAsync($"SELECT v FROM VALUES {string.Join(", ", rows)} AS t(i, v) ORDER BY i", cancellationToken: Cancel);
            Assert.Equal(type, table.GetColumnType("v"));
            Assert.Equal(chunk.Select(compared), table.GetColumn<T>("v").Select(compared));
        }
    }

    private static T[] Sample<T>(Gen<T> gen)
    {
        var values = new List<T>();
        gen.Sample(values.Add, iter: ValuesPerType, threads: 1);
        return [.. values];
    }
}

internal static class TextForms
{
    /// <summary>Whether a text has no surrogate without its other half.</summary>
    public static bool IsWellFormed(this string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text, i)) return false;
            i++;
        }

        return true;
    }
}
