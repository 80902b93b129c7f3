namespace Tauro.FeatureStore;

/// <summary>
/// What an engine can write itself, so that the rows of a plan never pass through this process. An executor implements it where its engine can; whoever keeps a table
/// commits the files.
/// </summary>
internal interface IPlanFileWriter
{
    /// <summary>The engine's name, as diagnostics show it.</summary>
    string Name { get; }

    /// <summary>
    /// Whether the engine runs a plan of that kind, writes to the place where the files are wanted, and can check by itself each rule that the rows must keep.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="target">What is to be written, and where.</param>
    bool CanWrite(RangePlan plan, PlanFileTarget target);

    /// <summary>
    /// Runs a plan and writes its rows to Parquet files, sorted by keys and event time within and across the files. Either all rows are in them, each checked against the
    /// rules of the group, or there is an exception and nothing is left in the folder.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="target">What is to be written, and where.</param>
    /// <param name="cancellationToken">Stops the engine's work.</param>
    /// <returns>The files in the order of their rows; none without rows.</returns>
    /// <exception cref="SchemaValidationException">A row breaks a rule; the message names the column and the rule, and no value.</exception>
    /// <exception cref="QueryTimeoutException">The engine did not finish within its timeout.</exception>
    /// <exception cref="VirtualizationQueryException">The engine could not run the plan or write its rows, or the plan answers a value that its type cannot hold.</exception>
    Task<IReadOnlyList<PlanFile>> WriteAsync(RangePlan plan, PlanFileTarget target, CancellationToken cancellationToken);
}

/// <summary>What an engine is to write, and where.</summary>
/// <param name="Folder">The folder, which is not there yet, by its full path.</param>
/// <param name="Group">The group whose rules the rows must keep.</param>
/// <param name="Columns">The columns of the files. Each is filled from the plan's output of that name, without regard to case, or with nulls where there is none.</param>
/// <param name="RowsPerFile">How many rows a file may have at most.</param>
internal sealed record PlanFileTarget(string Folder, FeatureGroupSchema Group, IReadOnlyList<StoredColumn> Columns, int RowsPerFile);

/// <summary>A file that an engine has written.</summary>
/// <param name="Name">The name within the folder.</param>
/// <param name="Rows">The rows in it, one or more.</param>
internal sealed record PlanFile(string Name, long Rows);
