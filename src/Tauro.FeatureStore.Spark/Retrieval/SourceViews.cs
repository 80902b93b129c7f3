using System.Globalization;
using System.Text.RegularExpressions;
using Apache.Arrow;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>Brings the sources and the spine of a plan before Spark: files as they lie in storage, tables as uploads.</summary>
internal sealed partial class SourceViews(ISparkQueries spark, string? sharedFolder = null) : IAsyncDisposable
{
    private const string RowColumn = "__row_index";
    private const string FileColumn = "__file";
    private const string FileSequence = "__file_sequence";
    private const string FileCreated = "__file_created";

    /// <summary>The rows that a file's place in the list is multiplied with: more than a file can have.</summary>
    private const long SequencePerFile = 1L << 40;

    private readonly TemporaryViews _views = new(spark);
    private readonly SharedFiles _files = new(sharedFolder, spark.RowsWorthAFile);

    public static bool CanRead(PlanSource source) => source is TableSource or ParquetSource or SqlSource;

    public async ValueTask DisposeAsync()
    {
        await _views.DisposeAsync().ConfigureAwait(false);
        _files.Dispose();
    }

    /// <summary>Opens a source with the columns that a plan needs.</summary>
    /// <param name="rows">The source.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="moments">The moments that the plan looks from, for a query that uses them.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<SourceSql> OpenAsync(SourceRows rows, IReadOnlyList<PlanColumn> columns, Func<IReadOnlyList<long>> moments, CancellationToken cancellationToken)
    {
        if (rows.Source is SqlSource query) return await OpenQueryAsync(query, rows, columns, moments, cancellationToken).ConfigureAwait(false);
        var eventTime = rows.EventTime is null ? SourceSql.Beginning : SourceSql.Microseconds(rows.EventTime);
        var (from, sourceCreated, sequence) = rows.Source switch
        {
            ParquetSource parquet => await OpenFilesAsync(parquet, columns, cancellationToken).ConfigureAwait(false),
            TableSource table => await OpenTableAsync(table.Table, columns, cancellationToken).ConfigureAwait(false),
            _ => throw new ArgumentException($"Spark does not read a {rows.Source.GetType().Name}.", nameof(rows)),
        };
        var created = rows.CreatedTime is null ? sourceCreated : SourceSql.Microseconds(rows.CreatedTime);
        return new SourceSql(from, eventTime, created, sequence, rows.CreatedTime is not null);
    }

    /// <summary>Brings a table of so many rows to Spark, by storage or by message, and says what stands after FROM.</summary>
    public async Task<string> UploadAsync(Schema schema, long rows, IEnumerable<RecordBatch> batches, CancellationToken cancellationToken)
    {
        if (_files.Takes(rows, schema)) return await _views.CreateAsync(await _files.WriteAsync(schema, batches, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        var names = await _views.UploadAsync(schema, batches, cancellationToken).ConfigureAwait(false);
        return names.Count == 1 ? names[0] : $"({string.Join(" UNION ALL ", names.Select(name => $"SELECT * FROM {name}"))})";
    }

    private async Task<SourceSql> OpenQueryAsync(
        SqlSource source, SourceRows rows, IReadOnlyList<PlanColumn> columns, Func<IReadOnlyList<long>> moments, CancellationToken cancellationToken)
    {
        var opened = await SqlRows.OpenAsync(source, spark, cancellationToken).ConfigureAwait(false);
        return new SourceSql(
            opened.From(columns, source.UsesAsOf ? moments() : [0]),
            rows.EventTime is null ? SourceSql.Beginning : SourceSql.Microseconds(rows.EventTime),
            rows.CreatedTime is null ? SourceSql.Beginning : SourceSql.Microseconds(rows.CreatedTime),
            SparkLiteral.Whole(0),
            rows.CreatedTime is not null)
        {
            HasSequence = false,
            Moment = source.UsesAsOf ? SqlRows.MomentColumn : null,
            Values = opened.Values,
        };
    }

    private async Task<(string From, string CreatedTime, string Sequence)> OpenTableAsync(
        FeatureTable table, IReadOnlyList<PlanColumn> columns, CancellationToken cancellationToken)
    {
        var schema = new Schema([.. columns.Select(column => ArrowTypes.ToField(column.Name, column.Type)), ArrowTypes.ToField(RowColumn, DataType.BigInt)], null);
        var from = await UploadAsync(schema, table.RowCount, NumberedRows.Of(table, columns, schema), cancellationToken).ConfigureAwait(false);
        return (from, SourceSql.Beginning, RowColumn);
    }

    private async Task<(string From, string CreatedTime, string Sequence)> OpenFilesAsync(
        ParquetSource source, IReadOnlyList<PlanColumn> columns, CancellationToken cancellationToken)
    {
        var files = source.Files;
        // A file that does not mix commits lacks the two columns, so that they are null in its rows.
        if (source.MixesCommits) columns = [.. columns, new PlanColumn(ParquetSource.CreatedTimeColumn, DataType.BigInt), new PlanColumn(ParquetSource.SequenceColumn, DataType.BigInt)];
        if (files.Count == 1)
        {
            var only = await _views.CreateAsync(Files(files, columns), cancellationToken).ConfigureAwait(false);
            return source.MixesCommits
                ? (only, ParquetSource.CreatedTimeColumn, ParquetSource.SequenceColumn)
                : (only, SparkLiteral.Whole(files[0].CreatedTime), RowColumn);
        }

        string[] names = [.. files.Select(file => FileName().Match(file.Path) is { Success: true } match ? match.Value : "")];
        var from = names.Contains("") || names.Distinct(StringComparer.Ordinal).Count() < names.Length
            ? await OpenEachFileAsync(source, columns, cancellationToken).ConfigureAwait(false)
            : await OpenNamedFilesAsync(source, names, columns, cancellationToken).ConfigureAwait(false);
        const string Sequence = $"{FileSequence} + {RowColumn}";
        return source.MixesCommits
            ? (from, $"coalesce({ParquetSource.CreatedTimeColumn}, {FileCreated})", $"coalesce({ParquetSource.SequenceColumn}, {Sequence})")
            : (from, FileCreated, Sequence);
    }

    /// <summary>All files as one relation; each row's file, found by its mark, tells its first sequence and its created time.</summary>
    private async Task<string> OpenNamedFilesAsync(ParquetSource source, string[] names, IReadOnlyList<PlanColumn> columns, CancellationToken cancellationToken)
    {
        var marks = new FileMarks(source.Files);
        var view = await _views.CreateAsync(Files(source.Files, columns, $"{marks.OfRow} AS {FileColumn}"), cancellationToken).ConfigureAwait(false);
        var rows = source.Files.Select((file, place) => $"({marks.Of(file, names[place])}, {FirstSequence(source, place)}, {SparkLiteral.Whole(file.CreatedTime)})");
        // A file that Spark calls by another name, or finds of another size, must be an error, never a row less.
        const string Unknown = "CAST(raise_error('A file of the table has an unexpected name or size.') AS BIGINT)";
        return $"""
            (SELECT /*+ BROADCAST(f) */ s.*, ifnull(f.sequence, {Unknown}) AS {FileSequence}, f.created AS {FileCreated}
            FROM {view} AS s LEFT JOIN (VALUES {string.Join(", ", rows)}) AS f(mark, sequence, created) ON s.{FileColumn} = f.mark)
            """;
    }

    /// <summary>Each file as a relation of its own, where names cannot tell them apart: Spark makes code for every one of them, and plans them all.</summary>
    private async Task<string> OpenEachFileAsync(ParquetSource source, IReadOnlyList<PlanColumn> columns, CancellationToken cancellationToken)
    {
        var selects = new List<string>(source.Files.Count);
        for (var place = 0; place < source.Files.Count; place++)
        {
            var file = source.Files[place];
            var view = await _views.CreateAsync(Files([file], columns), cancellationToken).ConfigureAwait(false);
            selects.Add($"SELECT *, {FirstSequence(source, place)} AS {FileSequence}, {SparkLiteral.Whole(file.CreatedTime)} AS {FileCreated} FROM {view}");
        }

        return $"({string.Join("\nUNION ALL ", selects)})";
    }

    /// <summary>Where no file mixes commits, the order of the files is that of the writes.</summary>
    private static string FirstSequence(ParquetSource source, int place) =>
        SparkLiteral.Whole(source.MixesCommits ? source.Files[place].FirstSequence : place * SequencePerFile);

    private static ParquetRelation Files(IReadOnlyList<ParquetSourceFile> files, IReadOnlyList<PlanColumn> columns, params IEnumerable<string> more) =>
        new([.. files.Select(file => file.Path)], [.. columns.Select(column => SparkDialect.Instance.Identifier(column.Name)), $"_metadata.row_index AS {RowColumn}", .. more]) { Columns = columns };

    /// <summary>A file's name of signs that are the same in a path and in a URI.</summary>
    [GeneratedRegex(@"(?<=^|/)[A-Za-z0-9._-]+$")]
    private static partial Regex FileName();
}
