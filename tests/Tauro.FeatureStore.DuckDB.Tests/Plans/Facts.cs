using System.Globalization;
using DuckDB.NET.Data;

namespace Tauro.FeatureStore.DuckDB.Tests;

/// <summary>Rows of tests as sources of plans: a table in memory, or Parquet files that DuckDB itself wrote.</summary>
public sealed class Facts(string folder = "tauro duckdb [tests]") : IDisposable
{
    /// <summary>The moment from which times in tests are counted.</summary>
    public static readonly DateTimeOffset Start = new(2024, 3, 31, 0, 59, 59, TimeSpan.Zero);

    private readonly List<FeatureTable> _tables = [];

    public string Folder { get; } = Directory.CreateTempSubdirectory(folder).FullName;

    public static DateTimeOffset? At(long? micros) => micros is { } offset ? Start.AddMicroseconds(offset) : null;

    public TableSource Table(IEnumerable<Fact> facts)
    {
        Fact[] rows = [.. facts];
        return new TableSource(Own(FeatureTable.FromColumns(
            ("key", rows.Select(row => row.Key).ToArray()),
            ("happened", rows.Select(row => At(row.Event)).ToArray()),
            ("learned", rows.Select(row => At(row.Created)!.Value).ToArray()),
            ("id", rows.Select(row => row.Id).ToArray()),
            ("optional", rows.Select(row => row.Optional).ToArray()))));
    }

    /// <summary>One file for each place of a file up to the greatest; a file's created time is its place.</summary>
    public ParquetSource Files(IEnumerable<Fact> facts)
    {
        Fact[] rows = [.. facts];
        var count = rows.Length == 0 ? 0 : rows.Max(row => row.File) + 1;
        return new ParquetSource([.. Enumerable.Range(0, count).Select(file =>
        {
            Fact[] own = [.. rows.Where(row => row.File == file)];
            var values = own.Select(row => $"({Number(row.Key)}, {Time(row.Event)}, {Time(row.Created)}, {row.Id}, {Number(row.Optional)})");
            var path = Write($"SELECT * FROM (VALUES {string.Join(", ", values.DefaultIfEmpty("(0, NULL::TIMESTAMPTZ, NULL::TIMESTAMPTZ, 0, 0)"))}) AS rows(key, happened, learned, id, optional)"
                + (own.Length == 0 ? " WHERE false" : ""));
            return new ParquetSourceFile(path, own.Length, 0, Micros(file));
        })]);
    }

    /// <summary>Writes the rows of a query to a file.</summary>
    public string Write(string query)
    {
        var path = Path.Combine(Folder, $"{Guid.NewGuid():n}.parquet");
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SET TimeZone = 'UTC'; COPY ({query}) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)";
        command.ExecuteNonQuery();
        return path;
    }

    public FeatureTable Spine(IEnumerable<Wanted> rows)
    {
        Wanted[] all = [.. rows];
        return Own(FeatureTable.FromColumns(("key", all.Select(row => row.Key).ToArray()), ("moment", all.Select(row => At(row.Time)).ToArray())));
    }

    public FeatureTable Own(FeatureTable table)
    {
        _tables.Add(table);
        return table;
    }

    public static long Micros(long offset) => (Start - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond + offset;

    public void Dispose()
    {
        foreach (var table in _tables) table.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string Number(long? number) => number is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value}::BIGINT") : "NULL::BIGINT";

    private static string Time(long? offset) => offset is { } value ? $"make_timestamptz({Number(Micros(value))})" : "NULL::TIMESTAMPTZ";
}
