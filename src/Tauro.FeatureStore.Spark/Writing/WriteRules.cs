using System.Globalization;
using System.Text.RegularExpressions;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// The rules of a group's rows as conditions of Spark's. A row that breaks one ends the query with an error that has the rule's number in it and nothing of the row; what
/// the number means is known here alone.
/// </summary>
internal sealed class WriteRules
{
    private readonly FeatureGroupSchema _group;
    private readonly string _mark = $"taurorefused{Guid.NewGuid():N}n";
    private readonly List<Func<FeatureStoreException>> _refusals = [];

    public WriteRules(FeatureGroupSchema group) => (_group, Mark) = (group, new Regex($@"{_mark}\d+", RegexOptions.CultureInvariant));

    /// <summary>What stands in an error for the rule that was broken.</summary>
    public Regex Mark { get; }

    /// <summary>Whether all rules of a column can be checked by Spark.</summary>
    public static bool CanCheck(FeatureGroupSchema group, StoredColumn column) =>
        !group.EnforceMetadataRules || column.Feature is not { } feature || MetadataRules.Of(feature) is not { } rules || MetadataRulesSql.CanCheck(rules, feature.DataType);

    /// <summary>An expression with the values of a column that keep all rules, and an error for others.</summary>
    /// <param name="column">The column.</param>
    /// <param name="value">The name or expression of its values, already in its type.</param>
    public string Check(StoredColumn column, string value)
    {
        var cases = string.Concat(ConditionsOf(column, value).Select(rule => $" WHEN {rule.Breach} THEN CAST(raise_error({Number(rule.Refusal)}) AS {SparkDialect.Instance.TypeName(column.Type)})"));
        return cases.Length == 0 ? value : $"CASE{cases} ELSE {value} END";
    }

    /// <summary>The refusal that an error of the server's stands for; null where it is another error.</summary>
    public FeatureStoreException? FindRefusal(string error)
    {
        return Mark.Match(error) is { Success: true } mark ? _refusals[int.Parse(mark.ValueSpan[_mark.Length..], CultureInfo.InvariantCulture)]() : null;
    }

    private string Number(Func<FeatureStoreException> refusal)
    {
        _refusals.Add(refusal);
        return SparkLiteral.Text(FormattableString.Invariant($"{_mark}{_refusals.Count - 1}."));
    }

    private IEnumerable<(string Breach, Func<FeatureStoreException> Refusal)> ConditionsOf(StoredColumn column, string value)
    {
        if (!column.Nullable) yield return ($"{value} IS NULL", Refused($"the {column.RoleIn(_group)} '{column.Name}' is null, and it cannot be"));
        if (RangeSql(column.Type, value, 0) is { } outside)
            yield return (outside, () => new VirtualizationQueryException(
                $"The column '{column.Name}' of Spark's answer is not {column.Type}. A time in it is infinite or outside of the years 1 to 9999, or a text is not valid UTF-8."));
        if (column.Feature?.VectorLength is { } length)
            yield return (FormattableString.Invariant($"{value} IS NOT NULL AND size({value}) <> {length}"),
                Refused(FormattableString.Invariant($"a vector in '{column.Name}' has not the {length} elements that the feature's vectors have")));
        if (_group.EnforceMetadataRules && column.Feature is { } feature && MetadataRules.Of(feature) is { } rules)
            foreach (var (breach, rule) in MetadataRulesSql.Write(rules, feature.DataType, value))
                yield return (breach, Refused($"a value of '{column.Name}' breaks the rule {rule} in the feature's metadata"));

        Func<FeatureStoreException> Refused(string what) => () => IncomingRows.Refused(_group, column.Name, null, what);
    }

    /// <summary>A condition that holds where a value has a part that no type of ours can hold, though Spark's can; null where there is none of that sort.</summary>
    private static string? RangeSql(DataType type, string value, int depth)
    {
        var element = FormattableString.Invariant($"e{depth}");
        switch (type.Kind)
        {
            case DataTypeKind.Timestamp:
                return $"unix_micros({value}) NOT BETWEEN {SparkLiteral.Whole(UtcTime.MinValue)} AND {SparkLiteral.Whole(UtcTime.MaxValue)}";
            case DataTypeKind.Date:
                return $"unix_date({value}) NOT BETWEEN {SparkLiteral.Whole(UtcTime.MinDay)} AND {SparkLiteral.Whole(UtcTime.MaxDay)}";
            case DataTypeKind.String:
                return $"encode({value}, 'UTF-8') <> CAST({value} AS BINARY)";
            case DataTypeKind.Array:
                return Any(value, type.Element!);
            case DataTypeKind.Map:
                return Join([Any($"map_keys({value})", type.Key!), Any($"map_values({value})", type.Element!)]);
            case DataTypeKind.Struct:
                return Join(type.Members.Select(member => RangeSql(member.Type, $"{value}.{SparkDialect.Instance.Identifier(member.Name)}", depth)));
            default:
                return null;
        }

        string? Any(string list, DataType elements) => RangeSql(elements, element, depth + 1) is { } inner ? $"exists({list}, {element} -> {inner})" : null;

        static string? Join(IEnumerable<string?> parts) => string.Join(" OR ", parts.Where(part => part is not null)) is { Length: > 0 } all ? $"({all})" : null;
    }
}
