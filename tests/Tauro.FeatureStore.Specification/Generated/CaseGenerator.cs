namespace Tauro.FeatureStore.Specification;

/// <summary>
/// Makes cases by chance. All domains are tiny (two to four keys, a handful of moments in one unit), so that matches, ties, equal times and exact ages are the
/// rule and not the exception.
/// </summary>
/// <param name="seed">What the chance starts from.</param>
/// <param name="packed">How many histories are packed into the case.</param>
public sealed class CaseGenerator(ulong seed, int packed = 1)
{
    private const long Day = 86_400_000_000;
    private const int FeaturesOfAGroup = 3;

    private static readonly (DataType Type, object[] Values)[] KeyDomains =
    [
        (DataType.Int, [-1, 0, 7]),
        (DataType.BigInt, [-1L, 0L, 5_000_000_000L]),
        (DataType.String, ["", "a", "A", "\uff5e", "\U0001f600"]),
        (DataType.Boolean, [false, true]),
        (DataType.Date, [new DateOnly(1969, 12, 31), new DateOnly(1970, 1, 1), DateOf(1)]),
        (DataType.Timestamp, [Start - Microsecond, Start]),
        (DataType.Decimal(10, 2), [-0.50m, 0m, 1.25m]),
    ];

    private readonly Dice _dice = new(seed);
    private readonly long _start = ToMicroseconds(Now);
    private long _unit;
    private IReadOnlyList<(GeneratedKey Key, object[] Values)> _keys = [];
    private IReadOnlyList<GeneratedGroup> _groups = [];

    public static long ToMicroseconds(DateTimeOffset moment) => (moment - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public GeneratedCase Generate()
    {
        _unit = _dice.Pick([1L, 3_600_000_000L, Day]);
        _keys = [.. IsPacked ? [(new GeneratedKey("history", DataType.Int), [])] : ((GeneratedKey, object[])[])[], .. Enumerable.Range(0, 3).Select(i => MakeKey($"key_{i}"))];
        _groups = [.. Enumerable.Range(0, _dice.Between(1, 3)).Select(i => MakeGroup($"group_{i}"))];
        var steps = new List<GeneratedStep>();
        for (var round = _dice.Between(2, 4); round > 0; round--)
        {
            steps.AddRange(Dice.Times(_dice.Between(1, 3), MakeWrite));
            if (_dice.OneIn(3)) steps.Add(new GeneratedTending(_dice.Between(0, _groups.Count - 1)));
            steps.AddRange(Dice.Times(_dice.Between(5, 12), MakeRead));
        }

        return new GeneratedCase([.. _keys.Select(key => key.Key)], _groups, steps) { Packed = packed };
    }

    private (GeneratedKey, object[]) MakeKey(string name)
    {
        var (type, values) = _dice.Pick(KeyDomains);
        return (new GeneratedKey(name, type), values);
    }

    private GeneratedGroup MakeGroup(string name)
    {
        int[] keys = [.. Enumerable.Range(0, _keys.Count).Where(place => (IsPacked && place == 0) || !_dice.OneIn(2))];
        if (_groups.Count > 0 && _dice.OneIn(2)) keys = [.. _groups[0].Keys];
        var times = _dice.Pick([EventTimes.Timestamps, EventTimes.Timestamps, EventTimes.Timestamps, EventTimes.Dates, EventTimes.Static]);
        var isStatic = times == EventTimes.Static;
        return new GeneratedGroup(
            name, keys, times,
            SaysCreated: _dice.OneIn(3),
            Delay: isStatic || !_dice.OneIn(3) ? 0 : _dice.Between(1, 3) * Step(times),
            Lookback: isStatic || !_dice.OneIn(3) ? null : _dice.Between(1, 5) * Step(times));
    }

    private GeneratedWrite MakeWrite()
    {
        var group = _dice.Between(0, _groups.Count - 1);
        var advance = _dice.Pick([0L, 0L, TimeSpan.TicksPerMicrosecond, 3L, _unit * TimeSpan.TicksPerMicrosecond, 2 * _unit * TimeSpan.TicksPerMicrosecond]);
        return new GeneratedWrite(group, advance, MakeMode(_groups[group]), Rows(1, 7, number => MakeRow(_groups[group], number)));
    }

    private WriteMode MakeMode(GeneratedGroup group)
    {
        var mode = _dice.Pick([WriteMode.Append, WriteMode.Append, WriteMode.Append, WriteMode.Append, WriteMode.Overwrite, WriteMode.Merge, WriteMode.Merge, WriteMode.Backfill]);
        return mode == WriteMode.Backfill && group.Times == EventTimes.Static ? WriteMode.Merge : mode;
    }

    private bool IsPacked => packed > 1;

    /// <summary>Some rows for each history; not for all of them where there are many.</summary>
    private IReadOnlyList<T> Rows<T>(int least, int most, Func<int, T> make) => IsPacked
        ? [make(0), .. Enumerable.Range(0, packed).SelectMany(number => Dice.Times(_dice.Between(0, Math.Min(most, 5)), () => make(number)))]
        : Dice.Times(_dice.Between(least, most), () => make(0));

    private GeneratedRow MakeRow(GeneratedGroup group, int number) => new(
        [.. group.Keys.Select(key => IsPacked && key == 0 ? number : _dice.Pick(_keys[key].Values))],
        Event: group.Times == EventTimes.Dates ? (_start / Day * Day) + (_dice.Between(-3, 3) * Day) : MakeMoment(-4, 4),
        Created: MakeMoment(-4, 6),
        [
            _dice.OneIn(3) ? null : _dice.Between(0, 99),
            _dice.OneIn(3) ? null : _dice.Pick(["x", "y", "", "ä"]),
            _dice.OneIn(3) ? null : _dice.Pick([0.5, -1.5, 0d, double.PositiveInfinity]),
        ]);

    private GeneratedRead MakeRead()
    {
        var kind = _dice.Pick([ReadKind.TrainingSet, ReadKind.TrainingSet, ReadKind.TrainingSet, ReadKind.Entities, ReadKind.EveryEntity, ReadKind.Range]);
        var groups = GroupsFor(kind);
        if (groups.Count == 0) (kind, groups) = (ReadKind.TrainingSet, GroupsFor(ReadKind.TrainingSet));
        var mappable = kind is ReadKind.TrainingSet or ReadKind.Entities;
        GeneratedFeature[] features = [.. Enumerable.Range(0, _dice.Between(1, 5)).Select(i => MakeFeature(_dice.Pick(groups), $"output_{i}", kind))];
        var withNulls = kind == ReadKind.TrainingSet && _dice.OneIn(4);
        var spine = mappable ? MakeSpine(withNulls) : [];
        var from = MakeMoment(-5, 3);
        return new GeneratedRead(
            kind, features, Duplicate(spine),
            Moment: _dice.OneIn(3) ? null : MakeMoment(-5, 8),
            from, To: from + (_dice.Between(0, 6) * _unit),
            kind == ReadKind.Range ? RetrievalOptions.Default : MakeOptions(withNulls));
    }

    private List<int> GroupsFor(ReadKind kind)
    {
        var all = Enumerable.Range(0, _groups.Count).ToList();
        switch (kind)
        {
            case ReadKind.EveryEntity:
                var first = _dice.Pick(all);
                return _groups[first].Keys.Count == 0 ? [] : [.. all.Where(group => _groups[group].Keys.SequenceEqual(_groups[first].Keys))];
            case ReadKind.Range:
                var timed = all.Where(group => _groups[group].Times != EventTimes.Static).ToList();
                return timed.Count == 0 ? [] : [_dice.Pick(timed)];
            default:
                return all;
        }
    }

    private GeneratedFeature MakeFeature(int group, string alias, ReadKind kind) => new(
        group, _dice.Between(0, FeaturesOfAGroup - 1), alias,
        SkipNulls: kind != ReadKind.Range && _dice.OneIn(4),
        Mapped: kind is ReadKind.TrainingSet or ReadKind.Entities && _groups[group].Keys.Count > 0 && _dice.OneIn(5));

    private IReadOnlyList<GeneratedSpineRow> MakeSpine(bool withNulls) => _dice.OneIn(12) ? [] : Rows(1, 30, number => MakeSpineRow(number, withNulls));

    private GeneratedSpineRow MakeSpineRow(int number, bool withNulls) => new(
        MakeSpineKeys(number), MakeSpineKeys(number), withNulls && _dice.OneIn(4) ? null : MakeMoment(-5, 9));

    private object?[] MakeSpineKeys(int number) =>
        [.. _keys.Select((key, place) => IsPacked && place == 0 ? number : _dice.OneIn(8) ? null : _dice.Pick(key.Values))];

    private IReadOnlyList<GeneratedSpineRow> Duplicate(IReadOnlyList<GeneratedSpineRow> spine) =>
        spine.Count > 0 && _dice.OneIn(3) ? [.. spine, .. Dice.Times(3, () => _dice.Pick(spine))] : spine;

    private RetrievalOptions MakeOptions(bool withNulls) => new()
    {
        KnownAsOf = _dice.OneIn(2),
        AllowExactMatches = !_dice.OneIn(3),
        IncludeMatches = _dice.OneIn(3),
        AllowNullTimes = withNulls,
        Lookback = _dice.Between(1, 8) switch
        {
            1 => TimeSpan.MaxValue,
            2 or 3 => TimeSpan.FromTicks(_dice.Between(1, 6) * _unit * TimeSpan.TicksPerMicrosecond),
            _ => null,
        },
    };

    /// <summary>A moment some units from the start, now and then a microsecond off.</summary>
    private long MakeMoment(int first, int last) => _start + (_dice.Between(first, last) * _unit) + (_dice.OneIn(8) ? _dice.Between(-1, 1) : 0);

    private long Step(EventTimes times) => times == EventTimes.Dates ? Day : _unit;
}
