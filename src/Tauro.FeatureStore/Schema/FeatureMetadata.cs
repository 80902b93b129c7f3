using System.Collections;
using System.Globalization;

namespace Tauro.FeatureStore;

/// <summary>
/// Brings the values of a feature's metadata to a few plain types (string, bool, decimal, double, list, null), so that they compare by value
/// and come back from JSON as they were.
/// </summary>
internal static class FeatureMetadata
{
    public static ValueMap<object?> Of(IEnumerable<KeyValuePair<string, object?>>? items) =>
        items as ValueMap<object?>
        ?? (items is null ? ValueMap<object?>.Empty : new ValueMap<object?>(items.Select(item => KeyValuePair.Create(item.Key, Normalize(item.Key, item.Value)))));

    public static object? Normalize(string key, object? value) => value switch
    {
        null or string or bool => value,
        float or double or Half => Number(((IFormattable)value).ToString("R", CultureInfo.InvariantCulture)),
        IFormattable number when IsNumber(number) => Number(number.ToString(null, CultureInfo.InvariantCulture)),
        DateTimeOffset or DateTime or DateOnly => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        IEnumerable list and not IDictionary => ValueList.Of(list.Cast<object?>().Select(item => Normalize(key, item))),
        _ => throw new SchemaValidationException(
            $"The metadata '{key}' has a value of type {value.GetType().Name}; metadata holds texts, numbers, booleans, dates and lists of them."),
    };

    /// <summary>A number from its text: a decimal where that holds it exactly, otherwise a double.</summary>
    public static object Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) && IsExact(exact, text)
            ? exact / 1.0000000000000000000000000000m
            : double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static bool IsExact(decimal value, string text) =>
        double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture).Equals((double)value) || !text.Contains('E', StringComparison.OrdinalIgnoreCase);

    private static bool IsNumber(object value) => value is sbyte or byte or short or ushort or int or uint or long or ulong or decimal;
}
