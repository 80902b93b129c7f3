using System.Text.Json;

namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>A folder with Delta tables, and an executor that has them as sources. Logs of foreign tables are written by hand, and their files by DuckDB itself.</summary>
internal sealed class DeltaFolder : IAsyncDisposable
{
    public const string Protocol = """{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}""";

    private readonly Dictionary<string, DuckDBSource> _sources = [];
    private DuckDBQueryExecutor? _executor;

    public string Root { get; } = Directory.CreateTempSubdirectory("tauro-delta-").FullName;

    public DuckDBQueryExecutor Executor => _executor ??= new DuckDBQueryExecutor(
        new FeatureStoreContext(Path.Combine(Root, "nothing")), new DuckDBOptions { Sources = _sources, Threads = 2 });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_executor is not null) await _executor.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }

    /// <summary>Makes a folder a source.</summary>
    public string Declare(string name, string folder)
    {
        var path = Path.Combine(Root, folder);
        _sources[name] = DuckDBSource.Delta(path);
        return path;
    }

    /// <summary>The metadata of a table, with fields such as <c>id:long</c>.</summary>
    public static string Metadata(string fields, string partitions = "", string configuration = "")
    {
        var columns = fields.Split(' ').Select(field => new { name = field.Split(':')[0], type = field.Split(':')[1], nullable = true, metadata = new { } });
        return JsonSerializer.Serialize(new
        {
            metaData = new
            {
                id = "2f1c",
                format = new { provider = "parquet", options = new { } },
                schemaString = JsonSerializer.Serialize(new { type = "struct", fields = columns }),
                partitionColumns = partitions.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                configuration = configuration.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(text => text.Split('=')[0], text => text.Split('=')[1]),
            },
        });
    }

    public static string Add(string path, Dictionary<string, string?>? partition = null) =>
        JsonSerializer.Serialize(new { add = new { path, partitionValues = partition ?? [], size = 5, modificationTime = 1, dataChange = true } });

    public static string Remove(string path) => JsonSerializer.Serialize(new { remove = new { path, deletionTimestamp = 1, dataChange = true } });

    public void Commit(string folder, long version, params string[] lines)
    {
        var log = Directory.CreateDirectory(Path.Combine(Root, folder, "_delta_log")).FullName;

        // Whole or not at all, as writers of the protocol do.
        var draft = Path.Combine(Root, $"draft-{Guid.NewGuid():N}");
        File.WriteAllText(draft, string.Join('\n', lines) + "\n");
        File.Move(draft, Path.Combine(log, $"{version:d20}.json"), overwrite: true);
    }

    /// <summary>Writes the rows of a query into a Parquet file.</summary>
    public void Write(string path, string query)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        using var connection = new global::DuckDB.NET.Data.DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"COPY ({query}) TO '{full.Replace("'", "''", StringComparison.Ordinal)}' (FORMAT parquet)";
        command.ExecuteNonQuery();
    }

    public Task<FeatureTable> ReadAsync(string sql) => Executor.ExecuteAsync(sql, cancellationToken: Token);

    /// <summary>The one value of a query.</summary>
    public async Task<long> CountAsync(string sql)
    {
        using var table = await ReadAsync($"SELECT CAST(({sql}) AS BIGINT) AS n");
        return table.GetColumn<long>("n").Single();
    }
}
