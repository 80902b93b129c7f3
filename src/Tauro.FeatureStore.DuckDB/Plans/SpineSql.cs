using System.Globalization;
using DuckDB.NET.Native;

namespace Tauro.FeatureStore.Engines;

/// <summary>The rows of a spine in DuckDB, with their moments in microseconds.</summary>
internal static class SpineSql
{
    /// <summary>Imports a spine, and looks at it.</summary>
    public static SpineFacts Import(AsOfPlan plan, DuckDBSession session)
    {
        if (TypeOf(plan) == DuckDBType.TimestampTz && SpineRows.MomentOf(plan) is { } moment)
        {
            // Nothing of the column goes to DuckDB, which knows then that it has one value.
            session.Import(plan.Spine, Names.SpineRows, Names.Row, $"* EXCLUDE ({Id(plan.TimeColumn)})");
            session.Execute(string.Create(CultureInfo.InvariantCulture, $"CREATE TEMP VIEW {Id(Names.Spine)} AS SELECT *, CAST({moment} AS BIGINT) AS {Id(Names.Moment)} FROM {Id(Names.SpineRows)}"));
            return new SpineFacts(plan.Spine.RowCount, moment, moment, HasNullMoments: false);
        }

        var time = TimeSql.Micros(Id(plan.TimeColumn), TypeOf(plan));
        session.Import(plan.Spine, Names.Spine, Names.Row, $"* EXCLUDE ({Id(plan.TimeColumn)}), {time} AS {Id(Names.Moment)}");
        using var cursor = session.Open($"SELECT min({Id(Names.Moment)}), max({Id(Names.Moment)}), count(*) FILTER (WHERE {Id(Names.Moment)} IS NULL) FROM {Id(Names.Spine)}");
        using var facts = cursor.Read()!;
        return new SpineFacts(plan.Spine.RowCount, Value(facts, 0), Value(facts, 1), Value(facts, 2) > 0);
    }

    /// <summary>The different moments, in order; a single null where no row has one.</summary>
    public static IReadOnlyList<long?> Moments(DuckDBSession session)
    {
        var moments = new List<long?>();
        using var cursor = session.Open($"SELECT DISTINCT {Id(Names.Moment)} FROM {Id(Names.Spine)} WHERE {Id(Names.Moment)} IS NOT NULL ORDER BY 1");
        while (cursor.Read() is { } batch)
            using (batch) moments.AddRange((Apache.Arrow.Int64Array)batch.Column(0));
        return moments.Count == 0 ? [null] : moments;
    }

    private static DuckDBType TypeOf(AsOfPlan plan) =>
        plan.Spine.Schema.GetFieldByName(plan.TimeColumn).DataType is Apache.Arrow.Types.TimestampType { Unit: Apache.Arrow.Types.TimeUnit.Nanosecond } ? DuckDBType.TimestampNs : DuckDBType.TimestampTz;

    private static long? Value(Apache.Arrow.RecordBatch batch, int column) => ((Apache.Arrow.Int64Array)batch.Column(column)).GetValue(0);

    private static string Id(string name) => DuckDBDialect.Instance.Identifier(name);
}
