using System.Runtime.CompilerServices;
using Apache.Arrow;

namespace Tauro.FeatureStore.Testing.Memory;

/// <summary>Answers plans over tables in memory, one row after another.</summary>
internal sealed class MemoryPlanExecutor : IPlanExecutor
{
    public string Name => "memory";

    public bool CanRead(PlanSource source) => source is TableSource;

    public async IAsyncEnumerable<RecordBatch> RunAsync(RetrievalPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        yield return plan switch
        {
            AsOfPlan asOf => Answer(asOf),
            EntitiesPlan entities => Answer(entities),
            RangePlan range => Answer(range),
            _ => throw new VirtualizationQueryException($"A store in memory does not run a {plan.GetType().Name}."),
        };
    }

    private static RecordBatch Answer(AsOfPlan plan)
    {
        var spine = new MemoryRows(plan.Spine);
        var moments = spine.Times(new PlanColumn(plan.TimeColumn, DataType.Timestamp));
        var answers = new List<IArrowArray>();
        foreach (var read in plan.Reads)
        {
            var rows = new TimedRows(read.Rows, read.Visibility);
            var places = Choose(read, rows, spine, moments);
            answers.AddRange(read.Outputs.Select(output => ArrowTake.Take(rows.Column(output.Column), places)));
            if (read.EventTimeOutput is not null) answers.Add(EventTimes(rows, places));
            if (read.MatchOutput is not null) answers.Add(Matches(places));
        }

        return new RecordBatch(RetrievalPlanner.AnswerSchema(plan.Reads), answers, spine.Count);
    }

    private static int[] Choose(AsOfRead read, TimedRows rows, MemoryRows spine, long?[] moments)
    {
        var types = read.Keys.Select(key => key.Type).ToArray();
        var index = new RowIndex(KeyColumns.Of([.. read.Keys.Select(key => ArrowConvert.ToCanonical(rows.Column(key.SourceColumn), key.Type))], types), rows.Count);
        var asked = KeyColumns.Of([.. read.Keys.Select(key => spine.Column(new PlanColumn(key.SpineColumn, key.Type)))], types);
        var notNull = read.NotNull is { } column ? rows.Column(column) : null;
        var places = new int[spine.Count];
        for (var place = 0; place < places.Length; place++)
        {
            places[place] = ArrowTake.Null;
            if (moments[place] is not { } moment) continue;
            foreach (var row in index.Find(asked, place))
                if (notNull?.IsNull(row) is not true && rows.Counts(row, moment) && (places[place] < 0 || rows.Compare(row, places[place]) > 0)) places[place] = row;
        }

        return places;
    }

    private static RecordBatch Answer(EntitiesPlan plan)
    {
        var rows = new TimedRows(plan.Rows, plan.Visibility);
        IArrowArray[] arrays = [.. plan.Keys.Select(key => rows.Column(key.Column))];
        var keys = KeyColumns.Of(arrays, [.. plan.Keys.Select(key => key.Column.Type)]);
        var index = new RowIndex(keys, rows.Count);
        int[] first = [.. Enumerable.Range(0, rows.Count).Where(row => index.Find(keys, row).FirstOrDefault(other => rows.Counts(other, plan.Moment), -1) == row)];
        return Take(plan.Keys, arrays, first);
    }

    private static RecordBatch Answer(RangePlan plan)
    {
        var rows = new TimedRows(plan.Rows, new VisibilityRule(0, null, AllowExactMatches: true, KnownAsOf: false));
        var keys = KeyColumns.Of([.. plan.Keys.Select(rows.Column)], [.. plan.Keys.Select(key => key.Type)]);
        int[] places = [.. Enumerable.Range(0, rows.Count).Where(row => rows.EventTime(row) is { } time && time >= plan.From && time < plan.To)];
        System.Array.Sort(places, (left, right) => keys.Compare(left, right) is var order and not 0 ? order : rows.Compare(left, right));
        return Take(plan.Outputs, [.. plan.Outputs.Select(output => rows.Column(output.Column))], places);
    }

    private static RecordBatch Take(IReadOnlyList<PlanOutput> outputs, IArrowArray[] arrays, int[] places) => new(
        new Schema([.. outputs.Select(output => ArrowTypes.ToField(output.Name, output.Column.Type))], null), arrays.Select(array => ArrowTake.Take(array, places)), places.Length);

    private static TimestampArray EventTimes(TimedRows rows, int[] places)
    {
        var times = new TimestampArray.Builder((Apache.Arrow.Types.TimestampType)ArrowTypes.ToArrow(DataType.Timestamp));
        foreach (var place in places)
        {
            if (place >= 0 && rows.EventTime(place) is { } time) times.Append(UtcTime.ToDateTimeOffset(time));
            else times.AppendNull();
        }

        return times.Build();
    }

    private static BooleanArray Matches(int[] places)
    {
        var matches = new BooleanArray.Builder();
        foreach (var place in places) matches.Append(place >= 0);
        return matches.Build();
    }
}
