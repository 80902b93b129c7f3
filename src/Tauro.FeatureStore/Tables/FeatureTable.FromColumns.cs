namespace Tauro.FeatureStore;

public sealed partial class FeatureTable
{
    /// <summary>Makes a table of one array for each column.</summary>
    /// <param name="columns">The columns.</param>
    public static FeatureTable FromColumns(IReadOnlyDictionary<string, Array> columns) => throw new InvalidOperationException(columns.ToString());

    /// <summary>Makes a table of one array for each column.</summary>
    /// <param name="columns">The columns.</param>
    public static FeatureTable FromColumns(params (string Name, Array Values)[] columns) => throw new InvalidOperationException(columns.ToString());

    /// <summary>Makes a table of rows.</summary>
    /// <typeparam name="TRow">The type of a row.</typeparam>
    /// <param name="rows">The rows.</param>
    public static FeatureTable FromRows<TRow>(IEnumerable<TRow> rows) => throw new InvalidOperationException(rows.ToString());
}
