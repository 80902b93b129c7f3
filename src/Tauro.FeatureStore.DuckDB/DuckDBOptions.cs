using System.Globalization;
using System.Text.RegularExpressions;
using Tauro.FeatureStore.Engines;

namespace Tauro.FeatureStore;

/// <summary>What a <see cref="DuckDBQueryExecutor"/> may use. Immutable; a value that makes no sense is refused when it is set.</summary>
/// <remarks>
/// An executor has up to two DuckDB databases in memory: one for plans, which reads what the plan names, and one for the caller's SQL, which reads only allowed
/// paths. Each is made when it is first needed, and the limits hold for each.
/// </remarks>
public sealed partial record DuckDBOptions
{
    /// <summary>
    /// The most memory that DuckDB takes before it writes to <see cref="TempDirectory"/>: a number and a unit such as <c>4GB</c>, <c>512 MiB</c>, or a share of
    /// the machine's memory such as <c>50%</c>; a bare number is bytes. Answers handed out as Arrow are not counted.
    /// </summary>
    /// <value>The default is null: DuckDB's own limit, which is 80% of the machine's memory.</value>
    /// <exception cref="ArgumentException">The text is no amount of memory.</exception>
    public string? MemoryLimit
    {
        get;
        init => field = value is null ? null : CheckMemory(value);
    }

    /// <summary>The number of threads that work on queries, at least 1.</summary>
    /// <value>The default is null: one for each processor.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int? Threads
    {
        get;
        init
        {
            if (value is { } threads) ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1, nameof(Threads));
            field = value;
        }
    }

    /// <summary>The folder in which DuckDB makes a folder of its own for what does not fit in memory. It is removed when the executor is disposed.</summary>
    /// <value>The default is null: the system's folder for temporary files.</value>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public string? TempDirectory
    {
        get;
        init
        {
            if (value is not null) ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(TempDirectory));
            field = value;
        }
    }

    /// <summary>How long DuckDB may work on one query or plan; the time that a caller takes between two batches is not counted.</summary>
    /// <value>The default is null: without limit. Greater than zero.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or less.</exception>
    public TimeSpan? QueryTimeout
    {
        get;
        init
        {
            if (value is { } timeout) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero, nameof(QueryTimeout));
            field = value;
        }
    }

    /// <summary>
    /// Files and folders that the caller's SQL may read, beside the context's Gold layer and feature store. Nothing else of the file system or the network is open to it.
    /// </summary>
    /// <value>The default is empty.</value>
    /// <exception cref="ArgumentException">A path is empty.</exception>
    public IReadOnlyList<string> AllowedPaths
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(AllowedPaths));
            foreach (var path in value) ArgumentException.ThrowIfNullOrWhiteSpace(path, nameof(AllowedPaths));
            field = ValueList.Of(value);
        }
    } = ValueList<string>.Empty;

    /// <summary>
    /// What the caller's SQL may read under names such as <c>users</c> or <c>silver.users</c>. The paths of the sources need not be allowed besides; of a pattern the
    /// whole folder is open.
    /// </summary>
    /// <value>The default is empty.</value>
    /// <exception cref="SchemaValidationException">A name is none of a source.</exception>
    public IReadOnlyDictionary<string, DuckDBSource> Sources
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Sources));
            foreach (var name in value.Keys) DeclaredSources.Name(name);
            field = ValueMap<DuckDBSource>.Of(value);
        }
    } = ValueMap<DuckDBSource>.Empty;

    private static string CheckMemory(string text)
    {
        var match = MemoryAmount().Match(text);
        if (!match.Success || decimal.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) <= 0)
            throw new ArgumentException($"'{text}' is no amount of memory. Write a positive number and a unit, such as 4GB or 512MiB, or a share such as 50%.", nameof(text));
        return match.Groups[2].Length == 0 ? $"{match.Groups[1].Value}B" : match.Groups[1].Value + match.Groups[2].Value;
    }

    [GeneratedRegex(@"\A\s*([0-9]{1,18}(?:\.[0-9]{1,6})?)\s*(|B|[KMGT]i?B|%)\s*\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MemoryAmount();
}
