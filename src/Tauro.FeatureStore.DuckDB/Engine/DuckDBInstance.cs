using System.Globalization;
using DuckDB.NET.Native;

namespace Tauro.FeatureStore.Engines;

/// <summary>One DuckDB database in memory, set up once and then locked. It lives until it is disposed and its last session has ended.</summary>
internal sealed class DuckDBInstance : IDisposable
{
    private readonly DuckDBDatabase _database;
    private readonly string _tempDirectory;
    private DeltaViews? _deltas;
    private int _uses = 1;
    private int _disposed;

    private DuckDBInstance(DuckDBDatabase database, string tempDirectory) => (_database, _tempDirectory) = (database, tempDirectory);

    /// <summary>Opens a database for plans: it reads what they name, and runs no text of a caller.</summary>
    public static DuckDBInstance OpenForPlans(DuckDBOptions options) => Open(options, new Dictionary<string, DuckDBSource>(), []);

    /// <summary>Opens a database for a caller's SQL: it reads some paths, and nothing else outside of it.</summary>
    public static DuckDBInstance OpenForQueries(DuckDBOptions options, IEnumerable<string> allowedPaths)
    {
        string[] paths = [.. allowedPaths.Concat(DeclaredSources.PathsOf(options.Sources.Values)).Select(Path.GetFullPath).Distinct()];
        var files = paths.Where(path => !Directory.Exists(path));
        var folders = paths.Where(path => !File.Exists(path));
        return Open(options, options.Sources, [$"SET allowed_paths = {TextList(files)}", $"SET allowed_directories = {TextList(folders)}", "SET enable_external_access = false"]);
    }

    /// <summary>Opens a session, which its caller disposes.</summary>
    public DuckDBSession Connect()
    {
        Retain();
        try
        {
            if (NativeMethods.Startup.DuckDBConnect(_database, out var connection) == DuckDBState.Success) return Begin(connection);
            connection.Dispose();
            throw new DuckDBEngineException("DuckDB opened no further connection.", interrupted: false);
        }
        catch
        {
            Release();
            throw;
        }
    }

    private DuckDBSession Begin(DuckDBNativeConnection connection)
    {
        try
        {
            return new DuckDBSession(connection, Release, _deltas);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) Release();
    }

    private static DuckDBInstance Open(DuckDBOptions options, IReadOnlyDictionary<string, DuckDBSource> sources, IEnumerable<string> restrictions)
    {
        var tempDirectory = Path.Combine(options.TempDirectory ?? Path.GetTempPath(), $"tauro-duckdb-{Guid.NewGuid():N}");
        NativeMethods.Configuration.DuckDBCreateConfig(out var config);
        using (config)
        {
            foreach (var (name, value) in StartSettings(options, Path.GetFullPath(tempDirectory)))
                if (NativeMethods.Configuration.DuckDBSetConfig(config, name, value) != DuckDBState.Success)
                    throw new DuckDBEngineException($"DuckDB refuses the setting {name} = {value}.", interrupted: false);
            if (NativeMethods.Startup.DuckDBOpen(":memory:", out var database, config, out var error) != DuckDBState.Success)
                throw new DuckDBEngineException(error, interrupted: false);
            var instance = new DuckDBInstance(database, tempDirectory);
            try
            {
                using var session = instance.Connect();
                foreach (var statement in SessionSettings) session.Execute(statement);
                foreach (var (name, source) in sources) DeclaredSources.Declare(name, source, session);
                foreach (var statement in restrictions.Concat(Locks)) session.Execute(statement);
                instance._deltas = new DeltaViews(sources);
                return instance;
            }
            catch
            {
                instance.Dispose();
                throw;
            }
        }
    }

    private static IEnumerable<(string Name, string Value)> StartSettings(DuckDBOptions options, string tempDirectory)
    {
        yield return ("temp_directory", tempDirectory);
        if (options.MemoryLimit is { } memory) yield return ("memory_limit", memory);
        if (options.Threads is { } threads) yield return ("threads", threads.ToString(CultureInfo.InvariantCulture));

        // Nothing is ever fetched from the network or found in a user's home.
        yield return ("autoinstall_known_extensions", "false");
        yield return ("autoload_known_extensions", "false");
        yield return ("allow_community_extensions", "false");
        yield return ("allow_persistent_secrets", "false");
    }

    /// <summary>Errors name a place in the statement; no answer depends on the machine's zone, and small as-of joins take the same path as big ones.</summary>
    private static readonly string[] SessionSettings = ["SET GLOBAL errors_as_json = true", "SET GLOBAL TimeZone = 'UTC'", "SET GLOBAL asof_loop_join_threshold = 0"];

    /// <summary>A session may still choose to keep account of its progress, which changes no answer.</summary>
    private static readonly string[] Locks = ["SET allowed_configs = ['enable_progress_bar', 'enable_progress_bar_print']", "SET lock_configuration = true"];

    private static string TextList(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(DuckDBDialect.Instance.TextLiteral))}]";

    private void Retain()
    {
        int uses;
        do
        {
            uses = Volatile.Read(ref _uses);
            ObjectDisposedException.ThrowIf(uses == 0 || Volatile.Read(ref _disposed) == 1, this);
        }
        while (Interlocked.CompareExchange(ref _uses, uses + 1, uses) != uses);
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _uses) > 0) return;
        _database.Dispose();
        if (Directory.Exists(_tempDirectory)) Directory.Delete(_tempDirectory, recursive: true);
    }
}
