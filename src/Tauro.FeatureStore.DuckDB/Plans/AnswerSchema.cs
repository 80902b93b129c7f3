using Apache.Arrow;

namespace Tauro.FeatureStore.Engines;

/// <summary>The columns that plans answer with.</summary>
internal static class AnswerSchema
{
    /// <summary>The columns of one read, in their order.</summary>
    public static IEnumerable<PlanColumn> ColumnsOf(AsOfRead read)
    {
        foreach (var output in read.Outputs) yield return Named(output);
        if (read.EventTimeOutput is { } time) yield return new PlanColumn(time, DataType.Timestamp);
        if (read.MatchOutput is { } mark) yield return new PlanColumn(mark, DataType.Boolean);
    }

    /// <summary>A column under the name that it has in the answer.</summary>
    public static PlanColumn Named(PlanOutput output) => new(output.Name, output.Column.Type);

    /// <summary>The columns as Arrow fields.</summary>
    public static Schema Of(IEnumerable<PlanColumn> columns) => new([.. columns.Select(column => ArrowTypes.ToField(column.Name, column.Type))], metadata: null);
}
