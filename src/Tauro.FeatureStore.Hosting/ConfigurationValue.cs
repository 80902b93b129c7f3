using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Tauro.FeatureStore;

/// <summary>Reads an entry of the configuration as a value of an option's type. What it is not, a <see cref="FormatException"/> says.</summary>
internal static class ConfigurationValue
{
    public static bool IsTime(Type type) => (Nullable.GetUnderlyingType(type) ?? type) == typeof(TimeSpan);

    public static object? Read(IConfigurationSection entry, Type type, bool inSeconds)
    {
        if (ItemOf(type, typeof(IReadOnlyList<>)) is [var item]) return ReadList(entry, item);
        if (ItemOf(type, typeof(IReadOnlyDictionary<,>)) is [_, var value]) return ReadMap(entry, value);
        if (entry.Value is null) throw new FormatException("a single value");
        return inSeconds ? TimeSpan.FromSeconds(ReadNumber(entry.Value)) : Parse(entry.Value, Nullable.GetUnderlyingType(type) ?? type);
    }

    private static object Parse(string text, Type type)
    {
        if (type == typeof(string)) return text;
        if (type == typeof(bool)) return bool.TryParse(text, out var truth) ? truth : throw new FormatException("true or false");
        if (type == typeof(int)) return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : throw new FormatException("a whole number");
        if (type == typeof(double)) return ReadNumber(text);
        if (type == typeof(TimeSpan)) return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : throw new FormatException("a time such as 00:05:00");
        var parse = type.GetMethod("Parse", BindingFlags.Public | BindingFlags.Static, [typeof(string)])
            ?? throw new FormatException("something that a configuration can hold; set it in code");
        return parse.Invoke(null, [text])!;
    }

    private static double ReadNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : throw new FormatException("a number");

    private static Array ReadList(IConfigurationSection entry, Type item)
    {
        var entries = entry.GetChildren().ToArray();
        if (entries.Length == 0 && entry.Value is not null) entries = [entry];
        var list = Array.CreateInstance(item, entries.Length);
        for (var i = 0; i < entries.Length; i++) list.SetValue(Read(entries[i], item, inSeconds: false), i);
        return list;
    }

    private static IDictionary ReadMap(IConfigurationSection entry, Type value)
    {
        var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), value))!;
        foreach (var child in entry.GetChildren()) map[child.Key] = Read(child, value, inSeconds: false);
        return map;
    }

    private static Type[] ItemOf(Type type, Type shape) => type.IsGenericType && type.GetGenericTypeDefinition() == shape ? type.GetGenericArguments() : [];
}
