namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>Rows with keys and features of all types, nulls, negative numbers, long texts, times before 1970, and dates before 1582.</summary>
internal static class AllTypes
{
    public const int RowsInRange = 24 * 13;

    /// <summary>The columns of which Spark makes a hash: all but maps.</summary>
    public const string Hashed = "i, b, s, o, d, m, n, t, whole, large, small, wide, digits, longdigits, flag, text, day, moment, vector, days, nested, place";

    public static FeatureGroupSchema Group { get; } = new(Stores.Group)
    {
        EntityKeys =
        [
            new EntityKey("i", DataType.Int), new EntityKey("b", DataType.BigInt), new EntityKey("s", DataType.String), new EntityKey("o", DataType.Boolean),
            new EntityKey("d", DataType.Date), new EntityKey("m", DataType.Timestamp), new EntityKey("n", DataType.Decimal(20, 3)),
        ],
        TimestampKey = "t",
        Features =
        [
            new FeatureSchema("whole", DataType.Int) { Nullable = false }, new FeatureSchema("large", DataType.BigInt), new FeatureSchema("small", DataType.Float),
            new FeatureSchema("wide", DataType.Double), new FeatureSchema("digits", DataType.Decimal(9, 2)), new FeatureSchema("longdigits", DataType.Decimal(28, 5)),
            new FeatureSchema("flag", DataType.Boolean), new FeatureSchema("text", DataType.String), new FeatureSchema("day", DataType.Date),
            new FeatureSchema("moment", DataType.Timestamp), new FeatureSchema("vector", DataType.Array(DataType.Float)) { VectorLength = 3 },
            new FeatureSchema("days", DataType.Array(DataType.Date)), new FeatureSchema("nested", DataType.Array(DataType.Array(DataType.String))),
            new FeatureSchema("counts", DataType.Map(DataType.String, DataType.Decimal(12, 1))),
            new FeatureSchema("place", DataType.Struct(("lat", DataType.Double), ("seen", DataType.Timestamp), ("tags", DataType.Array(DataType.String)))),
        ],
    };

    /// <summary>Thirteen entities at each hour of two days, of which one day is written.</summary>
    public const string Query = """
        SELECT CAST(5 - e AS INT) AS i, (e - 6) * 4000000000 AS b, element_at(array('a', 'B', 'é', '', 'zz', '日本', '𝄞', 'a b'), CAST(e % 8 + 1 AS INT)) AS s, e % 2 = 0 AS o,
            date_add(DATE '1500-01-01', CAST(e AS INT)) AS d, timestamp_micros(e * -86400000001) AS m, CAST((e - 6) * 1.125 AS DECIMAL(20,3)) AS n,
            timestamp_micros(1704067200000000 + hour * 3600000000) AS t,
            CAST(e * 100 + hour AS INT) AS whole,
            CASE WHEN hour % 3 > 0 THEN 9223372036854775807 - e END AS large,
            CASE WHEN hour % 4 > 0 THEN CAST(IF(e = 3, 'NaN', IF(e = 4, '-Infinity', CAST(hour / 7 AS STRING))) AS FLOAT) END AS small,
            CASE WHEN hour % 5 > 0 THEN IF(e = 3, CAST('NaN' AS DOUBLE), IF(e = 5, -0.0D, e / 3)) END AS wide,
            CASE WHEN hour % 2 > 0 THEN CAST(e * -1.25 AS DECIMAL(9,2)) END AS digits,
            CASE WHEN hour % 2 > 0 THEN CAST('-12345678901234567890123.12345' AS DECIMAL(28,5)) + e END AS longdigits,
            CASE WHEN hour % 3 > 0 THEN e > hour END AS flag,
            CASE WHEN hour % 3 > 0 THEN repeat(concat(CAST(e AS STRING), 'é'), CAST(hour * 20 AS INT)) END AS text,
            CASE WHEN hour % 6 > 0 THEN date_add(DATE '0001-01-01', CAST(hour * 10000 AS INT)) END AS day,
            CASE WHEN hour % 6 > 0 THEN timestamp_micros(-62135596800000000 + hour * 1000000007) END AS moment,
            CASE WHEN hour % 4 > 0 THEN array(CAST(e AS FLOAT), NULL, 0.5F) END AS vector,
            CASE WHEN hour % 4 = 1 THEN array() WHEN hour % 4 > 1 THEN array(DATE '2020-02-29', NULL) END AS days,
            CASE WHEN hour % 4 = 1 THEN array() WHEN hour % 4 > 1 THEN array(array('x', NULL), NULL, array()) END AS nested,
            CASE WHEN hour % 4 > 0 THEN map('one', CAST(e AS DECIMAL(12,1)), '', NULL) END AS counts,
            CASE WHEN hour % 4 > 0 THEN named_struct('lat', e / 2, 'seen', timestamp_micros(hour), 'tags', IF(e % 3 = 0, NULL, array('t', CAST(e AS STRING)))) END AS place
        FROM (SELECT id % 13 AS e, id DIV 13 AS hour FROM range(0, 13 * 48))
        """;
}
