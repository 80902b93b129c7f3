namespace Tauro.FeatureStore.Specification;

/// <summary>Arrays of nullable values, so that a column of a test fits on a line.</summary>
public static class Values
{
    public static int?[] Ints(params int?[] values) => values;

    public static long?[] Longs(params long?[] values) => values;

    public static float?[] Floats(params float?[] values) => values;

    public static double?[] Doubles(params double?[] values) => values;

    public static decimal?[] Decimals(params decimal?[] values) => values;

    public static bool?[] Booleans(params bool?[] values) => values;

    public static string?[] Texts(params string?[] values) => values;

    public static DateTimeOffset?[] Times(params DateTimeOffset?[] values) => values;

    public static DateOnly?[] Dates(params DateOnly?[] values) => values;
}
