using System.Collections;
using System.Globalization;
using CsCheck;

namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>Parameters of every data type go into a query and come out of it as they were.</summary>
public sealed class NestedParameterTests : IAsyncDisposable
{
    private readonly DuckDBQueryExecutor _executor = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _executor.DisposeAsync();

    [Fact]
    public async Task Maps_and_structs_have_the_types_that_their_values_say()
    {
        (object Value, string Type)[] cases =
        [
            (new Dictionary<string, int> { ["a"] = 1 }, "MAP(VARCHAR, INTEGER)"),
            (new Dictionary<string, int>(), "MAP(VARCHAR, INTEGER)"),
            (new Dictionary<int, double?> { [1] = null, [2] = 0.5 }, "MAP(INTEGER, DOUBLE)"),
            (new Dictionary<DateOnly, string[]> { [new(2024, 1, 1)] = ["x"] }, "MAP(DATE, VARCHAR[])"),
            (new SortedDictionary<string, decimal> { ["a"] = 1.5m, ["b"] = 100m }, "MAP(VARCHAR, DECIMAL(4,1))"),
            (new Dictionary<string, object?> { ["x"] = 1L, ["y\"; DROP"] = "text" }, "STRUCT(x BIGINT, \"y\"\"; DROP\" VARCHAR)"),
            (new Dictionary<string, object?> { ["x"] = null, ["y"] = true }, "STRUCT(x \"NULL\", y BOOLEAN)"),
            (new[] { new Dictionary<string, object?> { ["x"] = null }, new Dictionary<string, object?> { ["x"] = 0.5f } }, "STRUCT(x FLOAT)[]"),
            (new Dictionary<string, object?> { ["in"] = new Dictionary<string, object?> { ["m"] = new Dictionary<string, int> { ["k"] = 1 } } }, "STRUCT(\"in\" STRUCT(m MAP(VARCHAR, INTEGER)))"),
            (new int[][] { [1], [] }, "INTEGER[][]"),
        ];
        foreach (var (value, type) in cases)
        {
            using var table = await _executor.ExecuteAsync("SELECT typeof($value) AS type", Parameter(value), cancellationToken: Token);
            Assert.Equal(type, table.GetColumn<string>("type").Single());
        }
    }

    [Fact]
    public async Task Members_are_reached_by_name_and_key()
    {
        var value = new Dictionary<string, object?> { ["name"] = "Ann", ["scores"] = new Dictionary<string, int?> { ["a"] = 7, ["b"] = null } };
        using var table = await _executor.ExecuteAsync(
            "SELECT $value.name AS name, $value.scores['a'] AS a, $value.scores['b'] IS NULL AS b, cardinality($value.scores) AS n", Parameter(value), cancellationToken: Token);
        Assert.Equal(["Ann"], table.GetColumn<string>("name"));
        Assert.Equal([7], table.GetColumn<int>("a"));
        Assert.Equal([true], table.GetColumn<bool>("b"));
    }

    [Fact]
    public async Task What_has_no_type_is_refused()
    {
        object[] values =
        [
            new Dictionary<string, object?>(), new Dictionary<string, Uri> { ["a"] = new("http://a") }, new Dictionary<string, object?> { ["a"] = new Uri("http://a") },
            new[] { new Dictionary<string, object?> { ["a"] = 1 }, new Dictionary<string, object?> { ["b"] = 1 } }, new[] { 1e-28m, 79228162514264337593543950335m },
        ];
        foreach (var value in values)
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(() => _executor.ExecuteAsync("SELECT $value AS v", Parameter(value), cancellationToken: Token));
            Assert.Contains("$value", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_value_comes_back_as_it_was()
    {
        var number = Gen.Decimal[-1_000_000m, 1_000_000m].Select(value => decimal.Round(value, 3));
        var instant = Gen.Long[-60_000_000_000_000_000, 250_000_000_000_000_000].Select(micros => DateTimeOffset.UnixEpoch.AddMicroseconds(micros));
        var text = Gen.String[Gen.Char['\u0001', '\ud7ff'], 0, 9];
        var date = Gen.Int[0, DateOnly.MaxValue.DayNumber].Select(DateOnly.FromDayNumber);
        var keys = Gen.String[Gen.Char.AlphaNumeric, 1, 4];
        var structure = Gen.Select(Gen.Int.Nullable(), text, instant.Array[0, 3], (a, b, c) => (object)new Dictionary<string, object?> { ["a"] = a, ["b"] = b, ["c"] = c });
        Gen<object>[] shapes =
        [
            Gen.Int.Select(Box), Gen.Long.Select(Box), Gen.Float[-1e30f, 1e30f].Select(Box), Gen.Double[-1e300, 1e300].Select(Box), number.Select(Box), text.Select(Box), Gen.Bool.Select(Box), instant.Select(Box),
            date.Select(Box), Gen.Int.Nullable().Array[0, 4].Select(Box), number.Array[0, 4].Select(Box), text.Array[0, 4].Select(Box), instant.Nullable().Array[0, 4].Select(Box),
            Gen.Dictionary(keys, Gen.Long.Nullable())[0, 4].Select(Box), Gen.Dictionary(Gen.Int, number)[0, 4].Select(Box), Gen.Dictionary(date, text.Array[0, 3])[0, 3].Select(Box), structure,
            structure.Array[1, 3].Select(items => (object)items.Cast<Dictionary<string, object?>>().ToArray()), Gen.Dictionary(keys, structure.Select(value => (Dictionary<string, object?>)value))[1, 3].Select(Box),
        ];
        foreach (var shape in shapes)
            await shape.SampleAsync(async value =>
            {
                using var table = await _executor.ExecuteAsync("SELECT $value AS value", Parameter(value), cancellationToken: Token);
                Assert.Equal(Text(value), Text(table.ToDictionary()["value"].GetValue(0)));
            }, iter: 20, threads: 1);
    }

    private static object Box<T>(T value) => value!;

    private static Dictionary<string, object?> Parameter(object value) => new() { ["value"] = value };

    /// <summary>A value as text, whatever collections it comes in.</summary>
    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        decimal number => (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture),
        DateTimeOffset instant => instant.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        IDictionary map => $"{{{string.Join(", ", map.Keys.Cast<object>().Select(key => $"{Text(key)}: {Text(map[key])}").Order(StringComparer.Ordinal))}}}",
        IEnumerable list => Pairs(list) ?? $"[{string.Join(", ", list.Cast<object?>().Select(Text))}]",
        _ => value.ToString()!,
    };

    private static string? Pairs(IEnumerable list)
    {
        object?[] items = [.. list.Cast<object?>()];
        if (items.Length == 0 && list.GetType().GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))) return "{}";
        if (items.Length == 0 || items[0]?.GetType() is not { IsGenericType: true } type || type.GetGenericTypeDefinition() != typeof(KeyValuePair<,>)) return null;
        return $"{{{string.Join(", ", items.Select(item => $"{Text(type.GetProperty("Key")!.GetValue(item))}: {Text(type.GetProperty("Value")!.GetValue(item))}").Order(StringComparer.Ordinal))}}}";
    }
}
