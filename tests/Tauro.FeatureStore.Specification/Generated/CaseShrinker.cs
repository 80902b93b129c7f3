namespace Tauro.FeatureStore.Specification;

/// <summary>Makes a case that fails smaller while it still fails: it leaves out what it can, one thing at a time.</summary>
public static class CaseShrinker
{
    private const int MostRuns = 500;

    public static async Task<GeneratedCase> ShrinkAsync(GeneratedCase failing, Func<GeneratedCase, Task<bool>> fails)
    {
        var runs = 0;
        for (var smaller = true; smaller;)
        {
            smaller = false;
            foreach (var candidate in Smaller(failing))
            {
                if (++runs > MostRuns) return failing;
                if (!await fails(candidate)) continue;
                (failing, smaller) = (candidate, true);
                break;
            }
        }

        return failing;
    }

    private static IEnumerable<GeneratedCase> Smaller(GeneratedCase history)
    {
        if (history.Packed > 1)
            foreach (var numbers in WithoutSome(NumbersOf(history)))
                yield return history with { Steps = [.. history.Steps.Select(step => Only(history, step, [.. numbers]))] };
        foreach (var steps in WithoutSome(history.Steps)) yield return history with { Steps = steps };
        for (var i = 0; i < history.Steps.Count; i++)
            foreach (var step in Smaller(history.Steps[i]))
                yield return history with { Steps = Replace(history.Steps, i, step) };
        for (var i = 0; i < history.Groups.Count; i++)
            foreach (var group in Smaller(history.Groups[i]))
                yield return history with { Groups = Replace(history.Groups, i, group) };
    }

    private static List<int> NumbersOf(GeneratedCase history) =>
        [.. history.Steps.OfType<GeneratedWrite>().SelectMany(write => write.Rows).Select(row => history.NumberOf(row.Key)).Distinct()];

    /// <summary>A step of some of the packed histories. A write keeps a row, since none is no write.</summary>
    private static GeneratedStep Only(GeneratedCase history, GeneratedStep step, HashSet<int> numbers) => step switch
    {
        GeneratedWrite write when write.Rows.Any(row => numbers.Contains(history.NumberOf(row.Key))) =>
            write with { Rows = [.. write.Rows.Where(row => numbers.Contains(history.NumberOf(row.Key)))] },
        GeneratedWrite write => write with { Rows = [write.Rows[0]] },
        GeneratedRead read => read with { Spine = [.. read.Spine.Where(row => numbers.Contains(history.NumberOf(row.Keys)))] },
        _ => step,
    };

    private static IEnumerable<GeneratedStep> Smaller(GeneratedStep step) => step switch
    {
        GeneratedWrite write => Smaller(write),
        GeneratedRead read => Smaller(read),
        _ => [],
    };

    private static IEnumerable<GeneratedStep> Smaller(GeneratedWrite write)
    {
        foreach (var rows in WithoutSome(write.Rows))
            if (rows.Count > 0) yield return write with { Rows = rows };
        if (write.Advance != 0) yield return write with { Advance = 0 };
        if (write.Mode != WriteMode.Append) yield return write with { Mode = WriteMode.Append };
    }

    private static IEnumerable<GeneratedStep> Smaller(GeneratedRead read)
    {
        foreach (var spine in WithoutSome(read.Spine)) yield return read with { Spine = spine };
        foreach (var features in WithoutSome(read.Features))
            if (features.Count > 0) yield return read with { Features = features };
        for (var i = 0; i < read.Features.Count; i++)
        {
            if (read.Features[i].SkipNulls) yield return read with { Features = Replace(read.Features, i, read.Features[i] with { SkipNulls = false }) };
            if (read.Features[i].Mapped) yield return read with { Features = Replace(read.Features, i, read.Features[i] with { Mapped = false }) };
        }

        if (read.Options.IncludeMatches) yield return read with { Options = read.Options with { IncludeMatches = false } };
        if (read.Options.KnownAsOf) yield return read with { Options = read.Options with { KnownAsOf = false } };
        if (!read.Options.AllowExactMatches) yield return read with { Options = read.Options with { AllowExactMatches = true } };
        if (read.Options.AllowNullTimes && read.Spine.All(row => row.Moment is not null)) yield return read with { Options = read.Options with { AllowNullTimes = false } };
        if (read.Options.Lookback is not null) yield return read with { Options = read.Options with { Lookback = null } };
    }

    private static IEnumerable<GeneratedGroup> Smaller(GeneratedGroup group)
    {
        if (group.Delay != 0) yield return group with { Delay = 0 };
        if (group.Lookback is not null) yield return group with { Lookback = null };
        if (group.SaysCreated) yield return group with { SaysCreated = false };
    }

    /// <summary>The items without the half of them, without a quarter, and so on to each one.</summary>
    private static IEnumerable<IReadOnlyList<T>> WithoutSome<T>(IReadOnlyList<T> items)
    {
        for (var size = (items.Count + 1) / 2; size > 0; size /= 2)
            for (var at = 0; at < items.Count; at += size)
                yield return [.. items.Take(at), .. items.Skip(at + size)];
    }

    private static IReadOnlyList<T> Replace<T>(IReadOnlyList<T> items, int place, T item) => [.. items.Take(place), item, .. items.Skip(place + 1)];
}
