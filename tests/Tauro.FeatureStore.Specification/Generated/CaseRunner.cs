using System.Globalization;

namespace Tauro.FeatureStore.Specification;

/// <summary>Plays a case on a store and in plain lists, and compares every answer with the oracle's, cell by cell.</summary>
public sealed class CaseRunner(TestStore test, GeneratedCase history)
{
    private const string Times = "moment";
    private const string Label = "label";

    /// <summary>The rows of each group in each of the packed histories.</summary>
    private readonly List<OracleRow>[][] _rows = [.. history.Groups.Select(_ => Enumerable.Range(0, history.Packed).Select(_ => new List<OracleRow>()).ToArray())];
    private readonly long[] _lastCreated = [.. history.Groups.Select(_ => long.MinValue)];

    /// <summary>How many reads were compared.</summary>
    public int Reads { get; private set; }

    /// <summary>What the store answered otherwise than the oracle, or null.</summary>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        var place = "registering";
        try
        {
            foreach (var group in history.Groups) await test.Store.RegisterFeaturesAsync(SchemaOf(group), cancellationToken);
            for (var i = 0; i < history.Steps.Count; i++)
            {
                place = string.Create(CultureInfo.InvariantCulture, $"step {i}");
                var difference = history.Steps[i] switch
                {
                    GeneratedWrite write => await WriteAsync(test.HasWriteSequence ? write : AsFed(write), cancellationToken),
                    GeneratedTending tending => await TendAsync(tending, cancellationToken),
                    GeneratedRead read => await ReadAsync(read, cancellationToken),
                    _ => null,
                };
                if (difference is not null) return $"At {place}: {difference}";
            }

            return null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return $"At {place}: {failure}";
        }
    }

    private FeatureGroupSchema SchemaOf(GeneratedGroup group) => new(group.Name)
    {
        EntityKeys = [.. group.Keys.Select(key => new EntityKey(history.Keys[key].Name, history.Keys[key].Type))],
        TimestampKey = group.Times == EventTimes.Static ? null : GeneratedGroup.EventTime,
        TimestampType = group.Times == EventTimes.Dates ? DataType.Date : DataType.Timestamp,
        IsStatic = group.Times == EventTimes.Static,
        CreatedTimestampKey = group.SaysCreated ? GeneratedGroup.CreatedTime : null,
        AvailabilityDelay = ToSpan(group.Delay),
        Lookback = group.Lookback is { } lookback ? ToSpan(lookback) : null,
        Features = [.. GeneratedGroup.FeatureTypes.Select((type, i) => new FeatureSchema(group.FeatureName(i), type))],
    };

    /// <summary>The write as a store without an order of writing is fed: rows are added, or replace all.</summary>
    private GeneratedWrite AsFed(GeneratedWrite write) =>
        WithoutTwins(write.Mode == WriteMode.Overwrite ? write : write with { Mode = WriteMode.Append });

    /// <summary>The write without rows that only the order of writing would tell from others.</summary>
    private GeneratedWrite WithoutTwins(GeneratedWrite write)
    {
        var group = history.Groups[write.Group];
        string Identity(IReadOnlyList<object> key, long? time, long? created) => string.Join('|', [.. key.Select(Printed.Value), $"{time}", $"{created}"]);
        var taken = write.Mode == WriteMode.Overwrite || !group.SaysCreated
            ? []
            : _rows[write.Group].SelectMany(rows => rows).Select(row => Identity(row.Key, row.EventTime, row.CreatedTime)).ToHashSet();
        return write with
        {
            Rows = [.. write.Rows.Where(row => taken.Add(Identity(row.Key, group.Times == EventTimes.Static ? null : row.Event, group.SaysCreated ? row.Created : null)))],
        };
    }

    private async Task<string?> WriteAsync(GeneratedWrite write, CancellationToken cancellationToken)
    {
        var group = history.Groups[write.Group];
        test.Clock.Advance(TimeSpan.FromTicks(write.Advance));
        using var table = FeatureTable.FromColumns(
        [
            .. group.Keys.Select((key, i) => (history.Keys[key].Name, TypedArray.Of(history.Keys[key].Type, write.Rows.Select(row => row.Key[i])))),
            .. EventTimeColumn(group, write.Rows.Select(row => row.Event)),
            .. CreatedTimeColumn(group, write.Rows.Select(row => row.Created)),
            .. GeneratedGroup.FeatureTypes.Select((type, i) => (group.FeatureName(i), TypedArray.Of(type, write.Rows.Select(row => row.Values[i])))),
        ]);
        var result = await test.WriteAsync(group.Name, table, OptionsOf(write), cancellationToken);

        var created = CaseGenerator.ToMicroseconds(result.CreatedTime);
        var clock = CaseGenerator.ToMicroseconds(test.Clock.GetUtcNow());
        var expected = _lastCreated[write.Group] == long.MinValue ? Math.Max(clock, created) : Math.Max(clock, _lastCreated[write.Group] + 1);
        if (created != expected) return $"the created time is {Printed.Value(ToTime(created))} instead of {Printed.Value(ToTime(expected))}.";
        _lastCreated[write.Group] = created;

        var incoming = write.Rows.Select(row => new OracleRow(
            row.Key, group.Times == EventTimes.Static ? null : row.Event, group.SaysCreated ? row.Created : created, row.Values)).ToLookup(row => history.NumberOf(row.Key));
        for (var number = 0; number < history.Packed; number++)
        {
            var rows = _rows[write.Group][number];
            if (write.Mode == WriteMode.Overwrite) rows.Clear();
            if (write.Mode == WriteMode.Backfill) rows.RemoveAll(row => row.EventTime >= RangeOf(write).From && row.EventTime < RangeOf(write).To);
            if (write.Mode == WriteMode.Merge) PointInTimeOracle.Merge(rows, [.. incoming[number]], group.SaysCreated);
            else rows.AddRange(incoming[number]);
        }

        return null;
    }

    private async Task<string?> TendAsync(GeneratedTending tending, CancellationToken cancellationToken)
    {
        await test.TendAsync(history.Groups[tending.Group].Name, cancellationToken);
        _lastCreated[tending.Group] = long.MinValue; // It may have made a version of its own.
        return null;
    }

    private static WriteOptions OptionsOf(GeneratedWrite write) =>
        write.Mode == WriteMode.Backfill ? WriteOptions.Backfill(ToTime(RangeOf(write).From), ToTime(RangeOf(write).To)) : write.Mode;

    /// <summary>A backfill replaces the least range that holds its rows.</summary>
    private static (long From, long To) RangeOf(GeneratedWrite write) => (write.Rows.Min(row => row.Event), write.Rows.Max(row => row.Event) + 1);

    private async Task<string?> ReadAsync(GeneratedRead read, CancellationToken cancellationToken)
    {
        Reads++;
        FeatureReference[] features = [.. read.Features.Select(ReferenceOf)];
        DateTimeOffset? moment = read.Moment is { } asked ? ToTime(asked) : null;
        switch (read.Kind)
        {
            case ReadKind.TrainingSet:
            {
                var moments = read.Spine.Select(row => row.Moment is { } at ? (object)ToTime(at) : null);
                Columns spine = [.. SpineColumns(read.Spine), (Times, TypedArray.Of(DataType.Timestamp, moments))];
                using var table = FeatureTable.FromColumns(spine);
                using var answer = await test.Store.GetTrainingSetAsync(features, table, Times, read.Options, cancellationToken);
                return TableAssert.Difference([.. spine, .. Answers(read, read.Spine)], answer);
            }

            case ReadKind.Entities:
            {
                Columns entities = SpineColumns(read.Spine);
                using var table = FeatureTable.FromColumns(entities);
                using var answer = await test.Store.GetFeaturesAsync(features, table, moment, read.Options, cancellationToken);
                return TableAssert.Difference([.. entities, .. Answers(read, [.. read.Spine.Select(row => row with { Moment = MomentOf(read) })])], answer);
            }

            case ReadKind.EveryEntity:
            {
                using var answer = await test.Store.GetFeaturesAsync(features, entityIds: (FeatureTable?)null, moment, read.Options, cancellationToken);
                return TableAssert.Difference(EveryEntity(read), answer);
            }

            default:
            {
                using var answer = await test.Store.GetFeaturesAsync(features, new TimeRange(ToTime(read.From), ToTime(read.To)), cancellationToken);
                return TableAssert.Difference(Range(read), answer);
            }
        }
    }

    private Columns EveryEntity(GeneratedRead read)
    {
        var keys = history.Groups[read.Features[0].Group].Keys;
        int[] groups = [.. read.Features.Select(feature => feature.Group).Distinct()];
        var entities = Enumerable.Range(0, history.Packed).SelectMany(number => PointInTimeOracle.Entities(
            groups.Select(group => ((IReadOnlyList<OracleRow>)_rows[group][number], RuleOf(group, read.Options))), MomentOf(read))).ToList();
        var spine = entities.Select(entity =>
        {
            var row = new object?[history.Keys.Count];
            for (var i = 0; i < keys.Count; i++) row[keys[i]] = entity[i];
            return new GeneratedSpineRow(row, row, MomentOf(read));
        });
        return
        [
            .. keys.Select((key, i) => (history.Keys[key].Name, TypedArray.Of(history.Keys[key].Type, entities.Select(entity => entity[i])))),
            .. Answers(read, [.. spine]),
        ];
    }

    private Columns Range(GeneratedRead read)
    {
        var group = history.Groups[read.Features[0].Group];
        var rows = _rows[read.Features[0].Group].SelectMany(rows => PointInTimeOracle.Range(rows, read.From, read.To)).ToList();
        return
        [
            .. group.Keys.Select((key, i) => (history.Keys[key].Name, TypedArray.Of(history.Keys[key].Type, rows.Select(row => row.Key[i])))),
            .. EventTimeColumn(group, rows.Select(row => row.EventTime!.Value)),
            .. CreatedTimeColumn(group, rows.Select(row => row.CreatedTime)),
            .. read.Features.Select(feature => (feature.Alias, TypedArray.Of(GeneratedGroup.FeatureTypes[feature.Feature], rows.Select(row => row.Values[feature.Feature])))),
        ];
    }

    /// <summary>What the oracle says beside the rows of a spine: the features in their order, then the matches of each use of a group.</summary>
    private Columns Answers(GeneratedRead read, IReadOnlyList<GeneratedSpineRow> spine)
    {
        var columns = new List<(string, Array)>();
        foreach (var feature in read.Features)
        {
            var values = spine.Select(row => Answer(feature, row, read.Options)?.Values[feature.Feature]);
            columns.Add((feature.Alias, TypedArray.Of(GeneratedGroup.FeatureTypes[feature.Feature], values)));
        }

        if (!read.Options.IncludeMatches) return [.. columns];

        var named = new HashSet<int>();
        foreach (var use in read.Features.DistinctBy(feature => (feature.Group, feature.Mapped, feature.SkipNulls ? feature.Feature : -1)))
        {
            var label = !use.SkipNulls && named.Add(use.Group) ? history.Groups[use.Group].Name : use.Alias;
            OracleRow?[] answers = [.. spine.Select(row => Answer(use, row, read.Options))];
            columns.Add(($"{label}__event_time", TypedArray.Of(DataType.Timestamp, answers.Select(row => row?.EventTime is { } time ? (object)ToTime(time) : null))));
            columns.Add(($"{label}__matched", TypedArray.Of(DataType.Boolean, answers.Select(row => (object)(row is not null)))));
        }

        return [.. columns];
    }

    private OracleRow? Answer(GeneratedFeature feature, GeneratedSpineRow row, RetrievalOptions options)
    {
        var values = feature.Mapped ? row.MappedKeys : row.Keys;
        object?[] key = [.. history.Groups[feature.Group].Keys.Select(place => values[place])];
        return PointInTimeOracle.Answer(_rows[feature.Group][history.NumberOf(values)], key, row.Moment, RuleOf(feature.Group, options), feature.SkipNulls ? feature.Feature : null);
    }

    private OracleRule RuleOf(int place, RetrievalOptions options)
    {
        var group = history.Groups[place];
        var lookback = options.Lookback is not { } given ? group.Lookback : given == TimeSpan.MaxValue ? null : given.Ticks / TimeSpan.TicksPerMicrosecond;
        return new OracleRule(group.Delay, group.Times == EventTimes.Static ? null : lookback, options.AllowExactMatches, options.KnownAsOf);
    }

    private FeatureReference ReferenceOf(GeneratedFeature feature)
    {
        var group = history.Groups[feature.Group];
        return new FeatureReference(group.FeatureName(feature.Feature), group.Name)
        {
            Alias = feature.Alias,
            SkipNulls = feature.SkipNulls,
            KeyColumns = feature.Mapped ? group.Keys.ToDictionary(key => history.Keys[key].Name, key => history.Keys[key].MappedName) : new Dictionary<string, string>(),
        };
    }

    /// <summary>A label that tells rows apart, and each key column twice.</summary>
    private Columns SpineColumns(IReadOnlyList<GeneratedSpineRow> spine) =>
    [
        (Label, spine.Select((_, i) => (int?)i).ToArray()),
        .. history.Keys.Select((key, i) => (key.Name, TypedArray.Of(key.Type, spine.Select(row => row.Keys[i])))),
        .. history.Keys.Select((key, i) => (key.MappedName, TypedArray.Of(key.Type, spine.Select(row => row.MappedKeys[i])))),
    ];

    private static Columns EventTimeColumn(GeneratedGroup group, IEnumerable<long> times) => group.Times switch
    {
        EventTimes.Timestamps => [(GeneratedGroup.EventTime, TypedArray.Of(DataType.Timestamp, times.Select(time => (object)ToTime(time))))],
        EventTimes.Dates => [(GeneratedGroup.EventTime, TypedArray.Of(DataType.Date, times.Select(time => (object)DateOnly.FromDateTime(ToTime(time).UtcDateTime))))],
        _ => [],
    };

    private static Columns CreatedTimeColumn(GeneratedGroup group, IEnumerable<long> times) =>
        group.SaysCreated ? [(GeneratedGroup.CreatedTime, TypedArray.Of(DataType.Timestamp, times.Select(time => (object)ToTime(time))))] : [];

    private long MomentOf(GeneratedRead read) => read.Moment ?? CaseGenerator.ToMicroseconds(test.Clock.GetUtcNow());

    private static DateTimeOffset ToTime(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    private static TimeSpan ToSpan(long microseconds) => TimeSpan.FromTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
