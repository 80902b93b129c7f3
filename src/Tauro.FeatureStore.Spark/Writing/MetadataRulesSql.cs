namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// The rules that a feature's metadata states, as conditions of Spark's. Only those of which it is sure that Spark compares as this library does: exact numbers, texts, and
/// doubles with bounds that a double holds; bounds with few digits, so that no comparison is widened past what a decimal holds.
/// </summary>
internal static class MetadataRulesSql
{
    /// <summary>The digits that a number of metadata may have before and after its point.</summary>
    private const int MostDigits = 15;

    public static bool CanCheck(MetadataRules rules, DataType type)
    {
        object?[] bounds = [rules.Min, rules.Max];
        return bounds.All(bound => bound is null || IsPlain(bound, type)) && (rules.Allowed is null || (type.Kind != DataTypeKind.Double && rules.Allowed.All(value => IsPlain(value, type))));
    }

    /// <summary>The conditions under which a value breaks a rule, in the order in which rules are looked at.</summary>
    public static IEnumerable<(string Breach, string Rule)> Write(MetadataRules rules, DataType type, string value)
    {
        // A NaN is less than every number here, and greater in Spark.
        var isDouble = type.Kind == DataTypeKind.Double;
        if (rules.Min is { } min) yield return (isDouble ? $"(isnan({value}) OR {value} < {Literal(min, type)})" : $"{value} < {Literal(min, type)}", rules.MinRule);
        if (rules.Max is { } max) yield return (isDouble ? $"(NOT isnan({value}) AND {value} > {Literal(max, type)})" : $"{value} > {Literal(max, type)}", rules.MaxRule);
        if (rules.Allowed is { } allowed)
            yield return (allowed.Count == 0 ? $"{value} IS NOT NULL" : $"{value} NOT IN ({string.Join(", ", allowed.Select(each => Literal(each, type)))})", rules.AllowedRule);
    }

    private static bool IsPlain(object value, DataType type) => type.Kind switch
    {
        DataTypeKind.Int or DataTypeKind.BigInt or DataTypeKind.Double => value is decimal number && IsShort(number),
        DataTypeKind.Decimal => value is decimal number && IsShort(number) && type.Precision - type.Scale + Math.Max(type.Scale, number.Scale) <= 38,
        DataTypeKind.String => value is string text && text.All(char.IsAscii),
        DataTypeKind.Boolean => value is bool,
        _ => false,
    };

    private static bool IsShort(decimal value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture).Count(char.IsAsciiDigit) <= MostDigits;

    private static string Literal(object value, DataType type) => SparkLiteral.Of(type.Kind == DataTypeKind.Double ? (double)(decimal)value : value);
}
