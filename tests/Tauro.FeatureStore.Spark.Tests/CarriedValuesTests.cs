using Apache.Arrow;
using Apache.Arrow.Types;
using Tauro.FeatureStore.Engines.Spark;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>Values that pass through a channel of whole numbers, doubles, truth values and texts are the same on the other side, bit by bit.</summary>
public sealed class CarriedValuesTests(SparkServer server)
{
    /// <summary>A column of each type that a query can return, the hardest values in it.</summary>
    private const string Everything = """
        SELECT * FROM VALUES
          (1, -9223372036854775808L, float('-0.0'), double('NaN'), 12345678901234567890123456789012345678BD, 0.0000000001BD, 'é''"\\', true, DATE '1500-02-28', TIMESTAMP '1582-10-10 00:00:00.000001Z',
           X'00FF', array(timestamp '0001-01-01 00:00:00Z', null), map('a', 1.50BD, 'b', null), named_struct('x.y', array(named_struct('d', date '9999-12-31', 'f', float('Infinity'))), 'n', null), TIMESTAMP_NTZ '1969-12-31 23:59:59.999999'),
          (2147483647, 7L, float(0.1), 4.9E-324, -1BD, -99999999.9999999999BD, '', false, DATE '0001-01-01', TIMESTAMP '9999-12-31 23:59:59.999999Z',
           X'', array(), map(), named_struct('x.y', array(null, named_struct('d', null, 'f', float('NaN'))), 'n', '日本'), TIMESTAMP_NTZ '2024-07-01 12:00:00'),
          (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)
        AS t(i, l, f, d, digits, small, s, b, day, moment, bytes, times, prices, nested, zoneless)
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Out_of_Spark()
    {
        await using var spark = server.CreateExecutor();
        var schema = await spark.DescribeAsync(Everything, cancellationToken: Cancel);
        var carried = schema.FieldsList.Select((field, i) => FormattableString.Invariant($"{CarriedSql.Carry($"c{i}", field.DataType)} AS c{i}"));
        var query = FormattableString.Invariant($"SELECT {string.Join(", ", carried)} FROM ({Everything}) AS q({string.Join(", ", schema.FieldsList.Select((_, i) => $"c{i}"))})");
        using var passed = await spark.ExecuteAsync(query, cancellationToken: Cancel);
        var types = Enumerable.Range(0, schema.FieldsList.Count).Select(i => passed.GetColumnType(FormattableString.Invariant($"c{i}"))).ToList();
        Assert.All(types, type => Assert.Contains(type.Kind, (DataTypeKind[])[DataTypeKind.Int, DataTypeKind.BigInt, DataTypeKind.Double, DataTypeKind.Boolean, DataTypeKind.String]));

        var rows = passed.Batches.SelectMany(batch => CarriedRows.Of(batch, types)).Select(row => row.Select(Narrow).ToList());
        using var answer = Assert.Single(CarriedBatches.Of(rows, schema));

        await foreach (var expected in spark.StreamAsync(Everything, cancellationToken: Cancel))
        {
            using (expected)
            {
                Assert.Equal(3, answer.Length);
                for (var i = 0; i < schema.FieldsList.Count; i++)
                    for (var row = 0; row < 3; row++)
                        Assert.True(Equal(expected.Column(i), answer.Column(i), row), FormattableString.Invariant($"{schema.GetFieldByIndex(i).Name} of row {row}"));
            }
        }
    }

    [Fact]
    public async Task Into_Spark()
    {
        var inner = DataType.Struct(new StructMember("d", DataType.Date), new StructMember("f", DataType.Float));
        (string Name, DataType Type, object?[] Values)[] columns =
        [
            ("i", DataType.Int, [int.MinValue, null]), ("l", DataType.BigInt, [long.MaxValue, null]), ("f", DataType.Float, [0.1f, null]), ("d", DataType.Double, [double.NegativeInfinity, null]),
            ("n", DataType.Decimal(28, 10), [-0.0000000001m, null]), ("s", DataType.String, ["it's \\ \u0001 日本 😀", null]), ("b", DataType.Boolean, [true, null]),
            ("day", DataType.Date, [new DateOnly(1500, 2, 28), null]), ("t", DataType.Timestamp, [new DateTimeOffset(1582, 10, 10, 0, 0, 0, TimeSpan.Zero).AddMicroseconds(1), null]),
            ("times", DataType.Array(DataType.Timestamp), [new DateTimeOffset?[] { DateTimeOffset.MinValue, null }, null]),
            ("prices", DataType.Map(DataType.String, DataType.Decimal(10, 2)), [new Dictionary<string, decimal?> { ["a"] = 1.50m, ["b"] = null }, null]),
            ("nested", DataType.Array(inner), [new IReadOnlyDictionary<string, object?>?[] { new Dictionary<string, object?> { ["d"] = DateOnly.MaxValue, ["f"] = float.NaN }, null }, null]),
        ];
        await using var spark = server.CreateExecutor();
        var literals = new List<string>();
        foreach (var (name, type, values) in columns)
        {
            var selected = values.Select(value => value is null ? $"CAST(NULL AS {SparkDialect.Instance.TypeName(type)})" : SparkTyped(value, type));
            literals.Add($"inline(array({string.Join(", ", selected.Select((value, i) => FormattableString.Invariant($"named_struct('r', {i}, 'v', {value})")))})) AS t(r, v)");
        }

        for (var i = 0; i < columns.Length; i++)
        {
            var (name, type, _) = columns[i];
            using var expected = await spark.ExecuteAsync($"SELECT v FROM {literals[i]} ORDER BY r", cancellationToken: Cancel);
            Assert.Equal(type, expected.GetColumnType("v"));
            var passed = expected.Batches.SelectMany(batch => CarriedRows.Of(batch, [type])).Select(row => row[0]).ToList();
            Assert.All(passed, value => Assert.True(value is null or int or long or double or bool or string, name));
            var sent = passed.Select((value, row) => FormattableString.Invariant($"({row}, {SparkLiteral.Of(value)})"));

            using var restored = await spark.ExecuteAsync($"SELECT {CarriedSql.Restore("v", type)} AS v FROM VALUES {string.Join(", ", sent)} AS t(r, v) ORDER BY r", cancellationToken: Cancel);

            Assert.Equal(type, restored.GetColumnType("v"));
            var (left, right) = (Assert.Single(expected.Batches).Column(0), Assert.Single(restored.Batches).Column(0));
            for (var row = 0; row < 2; row++) Assert.True(ArrowEquality.Equal(left, row, right, row), FormattableString.Invariant($"{name} of row {row}"));
        }
    }

    [Fact]
    public void Rows_come_in_batches_and_no_rows_in_one()
    {
        var schema = new Schema([new Field("x", Int64Type.Default, nullable: true)], null);

        Assert.Equal([2, 2, 1], CarriedBatches.Of(Enumerable.Range(0, 5).Select(i => (IReadOnlyList<object?>)[i]), schema, rowsPerBatch: 2).Select(batch => batch.Length));
        Assert.Equal([2], CarriedBatches.Of(Enumerable.Range(0, 2).Select(i => (IReadOnlyList<object?>)[i]), schema, rowsPerBatch: 2).Select(batch => batch.Length));
        Assert.Equal([0], CarriedBatches.Of([], schema).Select(batch => batch.Length));
    }

    [Fact]
    public void A_decimal_is_read_with_an_exponent_too_and_never_rounded()
    {
        var schema = new Schema([new Field("x", new Decimal128Type(38, 10), nullable: true)], null);

        using var batch = Assert.Single(CarriedBatches.Of([["1E-10"], ["-1.5E+3"], ["0E-10"], ["12.5"], ["99999999999999999999999999.9999999999"]], schema));

        Int128[] expected = [1, -15_000_000_000_000, 0, 125_000_000_000, Int128.Parse("999999999999999999999999999999999999", System.Globalization.CultureInfo.InvariantCulture)];
        Assert.Equal(expected, ArrowMemory.Values<Int128>(batch.Column(0)).ToArray());
        Assert.Throws<FormatException>(() => CarriedBatches.Of([["0.00000000001"]], schema).ToList());
    }

    private static bool Equal(IArrowArray left, IArrowArray right, int row) => left is BinaryArray bytes
        ? bytes.IsNull(row) == right.IsNull(row) && bytes.GetBytes(row).SequenceEqual(((BinaryArray)right).GetBytes(row)) : ArrowEquality.Equal(left, row, right, row);

    /// <summary>What the channel does to whole numbers.</summary>
    private static object? Narrow(object? value) => value is long number && number == (int)number ? (int)number : value;

    private static string SparkTyped(object value, DataType type) => $"CAST({(value is IReadOnlyDictionary<string, object?>?[] structs ? Structs(structs) : SparkLiteral.Of(value))} AS {SparkDialect.Instance.TypeName(type)})";

    private static string Structs(IReadOnlyDictionary<string, object?>?[] structs) => $"array({string.Join(", ", structs.Select(each => each is null
        ? "NULL" : $"named_struct({string.Join(", ", each.Select(pair => $"'{pair.Key}', {SparkLiteral.Of(pair.Value)}"))})"))})";
}
