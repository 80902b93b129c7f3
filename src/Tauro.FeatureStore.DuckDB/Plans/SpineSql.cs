using DuckDB.NET.Native;

namespace Tauro.FeatureStore.Engines;

/// <summary>The rows of a spine, with their moments in microseconds.</summary>
internal static class SpineSql
{
    private const string Imported = "__spine_rows";

    /// <summary>Imports a spine into a temporary table, and looks at it.</summary>
    public static SpineFacts Import(AsOfPlan plan, DuckDBSession session)
    {
        session.Import(plan.Spine, Imported, Names.Row);
        var type = TypeOf(plan.TimeColumn, session);
        session.Execute($"""
            CREATE TEMP TABLE {Id(Names.Spine)} AS
            SELECT * EXCLUDE ({Id(plan.TimeColumn)}), {TimeSql.Micros(Id(plan.TimeColumn), type)} AS {Id(Names.Moment)}
            FROM {Id(Imported)}
            """);
        session.Execute($"DROP TABLE {Id(Imported)}");

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

    private static DuckDBType TypeOf(string column, DuckDBSession session)
    {
        using var cursor = session.Open($"SELECT {Id(column)} FROM {Id(Imported)} LIMIT 0");
        return cursor.ColumnTypes[0];
    }

    private static long? Value(Apache.Arrow.RecordBatch batch, int column) => ((Apache.Arrow.Int64Array)batch.Column(column)).GetValue(0);

    private static string Id(string name) => DuckDBDialect.Instance.Identifier(name);
}
