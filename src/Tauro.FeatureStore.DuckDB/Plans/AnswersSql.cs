namespace Tauro.FeatureStore.Engines;

/// <summary>The answers of several reads side by side. Each stands in a temporary table in the order of the spine, so row n of one belongs to row n of the others.</summary>
internal static class AnswersSql
{
    /// <summary>Puts the answer of a read into a temporary table. DuckDB keeps the order in which rows are inserted.</summary>
    public static PlanQuery Keep(PlanQuery read, int index) => read with { Sql = $"CREATE TEMP TABLE {Id(Names.Answer(index))} AS\n{read.Sql}" };

    /// <summary>The row number in each answer, which a reader checks, and then all columns.</summary>
    public static string SideBySide(IReadOnlyList<AsOfRead> reads)
    {
        var columns = reads.Select((_, i) => $"{Id(Names.Answer(i))}.{Id(Names.Row)}")
            .Concat(reads.SelectMany((read, i) => AnswerSchema.ColumnsOf(read).Select(column => $"{Id(Names.Answer(i))}.{Id(column.Name)}")));
        return $"""
            SELECT
              {Query.Columns(columns)}
            FROM {string.Join(" POSITIONAL JOIN ", reads.Select((_, i) => Id(Names.Answer(i))))}
            """;
    }

    private static string Id(string name) => DuckDBDialect.Instance.Identifier(name);
}
