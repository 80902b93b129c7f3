using Apache.Arrow;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>What plans need of a way to Spark: SQL with its rows as Arrow, and temporary views. The plans and their SQL are the same for every way.</summary>
internal interface ISparkQueries
{
    /// <summary>From so many rows on a table gets to Spark sooner as a file, where a folder is shared with it.</summary>
    long RowsWorthAFile { get; }

    /// <summary>The columns of a query, found without running it.</summary>
    Task<Schema> DescribeAsync(string sql, SqlValues? values, CancellationToken cancellationToken);

    /// <summary>Runs a query. The caller disposes the batches, of which there is at least one.</summary>
    /// <param name="sql">One query.</param>
    /// <param name="values">What no error shows; null where there is nothing.</param>
    /// <param name="isLarge">Whether the answer may be larger than memory.</param>
    /// <param name="cancellationToken">Stops Spark's work.</param>
    IAsyncEnumerable<RecordBatch> QueryAsync(string sql, SqlValues? values, bool isLarge, CancellationToken cancellationToken);

    /// <summary>Makes a view of Parquet files.</summary>
    Task CreateViewAsync(string name, ParquetRelation files, CancellationToken cancellationToken);

    /// <summary>Brings a table to Spark as one view, or as several whose rows together are the table's.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="batches">The rows, which stay the caller's.</param>
    /// <param name="newView">Names the next view.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    Task UploadAsync(Schema schema, IEnumerable<RecordBatch> batches, Func<string> newView, CancellationToken cancellationToken);

    /// <summary>Drops views. The session's end would do it too, so what fails in it is a note in the log.</summary>
    Task DropViewsAsync(IEnumerable<string> names);
}
