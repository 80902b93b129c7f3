using System.Globalization;
using System.Text;

namespace Tauro.FeatureStore.Specification;

/// <summary>Writes a case so that a person can play it by hand.</summary>
public static class CasePrinter
{
    public static string Print(GeneratedCase history)
    {
        var text = new StringBuilder();
        var used = history.Steps.SelectMany(GroupsOf).ToHashSet();
        for (var i = 0; i < history.Groups.Count; i++)
            if (used.Contains(i)) text.AppendLine(Group(history, history.Groups[i]));
        for (var i = 0; i < history.Steps.Count; i++)
            text.Append(CultureInfo.InvariantCulture, $"step {i}: ").AppendLine(Step(history, history.Steps[i]));
        return text.ToString();
    }

    private static IEnumerable<int> GroupsOf(GeneratedStep step) =>
        step is GeneratedWrite write ? [write.Group] : ((GeneratedRead)step).Features.Select(feature => feature.Group);

    private static string Step(GeneratedCase history, GeneratedStep step) => step is GeneratedWrite write ? Write(history, write) : Read(history, (GeneratedRead)step);

    private static string Group(GeneratedCase history, GeneratedGroup group)
    {
        var keys = string.Join(", ", group.Keys.Select(key => $"{history.Keys[key].Name} {history.Keys[key].Type}"));
        var features = string.Join(", ", GeneratedGroup.FeatureTypes.Select((type, i) => $"{group.FeatureName(i)} {type}"));
        return $"group {group.Name}: keys ({keys}), features ({features}), {group.Times}{(group.SaysCreated ? ", says created" : "")}, "
            + $"delay {Span(group.Delay)}, lookback {Span(group.Lookback)}";
    }

    private static string Write(GeneratedCase history, GeneratedWrite write)
    {
        var group = history.Groups[write.Group];
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"clock + {TimeSpan.FromTicks(write.Advance):c}; {write.Mode} to {group.Name}");
        text.Append(CultureInfo.InvariantCulture, $" (keys, {(group.Times == EventTimes.Static ? "" : "event time, ")}{(group.SaysCreated ? "created time, " : "")}values)");
        foreach (var row in write.Rows)
        {
            object?[] times = [.. group.Times == EventTimes.Static ? [] : (object[])[Time(row.Event)], .. group.SaysCreated ? (object[])[Time(row.Created)] : []];
            text.AppendLine().Append("    ").Append(Printed.Row([.. row.Key, .. times, .. row.Values]));
        }

        return text.ToString();
    }

    private static string Read(GeneratedCase history, GeneratedRead read)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{read.Kind} of {string.Join(", ", read.Features.Select(feature => Feature(history, feature)))}");
        if (read.Kind is ReadKind.Entities or ReadKind.EveryEntity)
            text.Append(" at ").Append(read.Moment is { } moment ? Printed.Value(Time(moment)) : "now");
        if (read.Kind == ReadKind.Range) text.Append(CultureInfo.InvariantCulture, $" from {Printed.Value(Time(read.From))} to {Printed.Value(Time(read.To))}");
        if (read.Options != RetrievalOptions.Default) text.Append(CultureInfo.InvariantCulture, $" with {read.Options}");
        if (read.Kind is not (ReadKind.TrainingSet or ReadKind.Entities)) return text.ToString();

        var columns = history.Keys.Select(key => key.Name).Concat(history.Keys.Select(key => key.MappedName));
        text.Append(CultureInfo.InvariantCulture, $" for ({string.Join(", ", columns)}, moment)");
        foreach (var row in read.Spine)
            text.AppendLine().Append("    ").Append(Printed.Row([.. row.Keys, .. row.MappedKeys, row.Moment is { } at ? Time(at) : null]));
        return text.ToString();
    }

    private static string Feature(GeneratedCase history, GeneratedFeature feature) =>
        $"{history.Groups[feature.Group].FeatureName(feature.Feature)} as {feature.Alias}"
        + $"{(feature.SkipNulls ? " (skipping nulls)" : "")}{(feature.Mapped ? " (mapped keys)" : "")}";

    private static DateTimeOffset Time(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    private static string Span(long? microseconds) => microseconds is { } span ? TimeSpan.FromTicks(span * TimeSpan.TicksPerMicrosecond).ToString("c", CultureInfo.InvariantCulture) : "none";
}
