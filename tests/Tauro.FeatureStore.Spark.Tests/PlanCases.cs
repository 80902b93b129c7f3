using System.Globalization;
using Apache.Arrow;
using Tauro.FeatureStore.Materialized;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>Which keys a case has: none, a number, or a number and a text.</summary>
internal sealed record KeyShape(int Count)
{
    public static KeyShape Two { get; } = new(2);

    public static KeyShape Pick(Random random) => new(random.Next(3));
}

/// <summary>One generated feature row.</summary>
internal sealed record CaseRow(long Id, long? First, string? Second, long? EventTime, long CreatedTime, long Sequence, int File)
{
    public bool HasKeys => First is not null && Second is not null;
}

/// <summary>One generated spine row.</summary>
internal sealed record CaseSpineRow(long? First, string? Second, long? Time);

/// <summary>A spine of few keys and few moments, so that ties, nulls and misses all happen.</summary>
internal sealed record SpineCase(KeyShape Keys, IReadOnlyList<CaseSpineRow> Rows)
{
    public const int Moments = 14;

    private static readonly string[] Words = ["a", "A", "é", "", "b'", "日"];

    /// <summary>Days around 1970, so that dates and timestamps meet, with some microseconds.</summary>
    public static long Moment(int step) => ((step / 2) - 3) * UtcTime.MicrosecondsPerDay + (step % 2);

    public static long? PickFirst(Random random) => random.Next(8) == 0 ? null : random.Next(3) - 1;

    public static string? PickSecond(Random random) => random.Next(8) == 0 ? null : Words[random.Next(Words.Length)];

    public static SpineCase Generate(Random random, KeyShape keys) => new(keys,
    [
        .. Enumerable.Range(0, 60).Select(_ => new CaseSpineRow(PickFirst(random), PickSecond(random), random.Next(12) == 0 ? null : Moment(random.Next(Moments)))),
    ]);

    public FeatureTable ToTable() => FeatureTable.FromColumns(
        ("__key0", Rows.Select(row => row.First).ToArray()), ("__key1", Rows.Select(row => row.Second).ToArray()),
        ("__time", Rows.Select(row => row.Time is { } time ? UtcTime.ToDateTimeOffset(time) : (DateTimeOffset?)null).ToArray()));
}

/// <summary>A generated source of feature rows with a rule of visibility, and the plain loop that says what it must answer.</summary>
internal sealed record SourceCase(KeyShape Keys, SourceRows Rows, VisibilityRule Rule, bool NotNull, IReadOnlyList<CaseRow> All, int? FileWithoutText)
{
    public static readonly PlanColumn Id = new("id", DataType.BigInt);
    private static readonly PlanColumn Text = new("text", DataType.String);
    private static readonly PlanColumn Vector = new("Vector", DataType.Array(DataType.Float));
    private static readonly PlanColumn First = new("k0", DataType.BigInt);
    private static readonly PlanColumn FirstNarrow = new("k0", DataType.Int);
    private static readonly PlanColumn Second = new("k1", DataType.String);

    private bool IsNarrow { get; init; }

    public bool IsStatic => Rows.EventTime is null;

    public IReadOnlyList<PlanOutput> KeyOutputs => [new PlanOutput(IsNarrow ? FirstNarrow : First, "k0"), new PlanOutput(Second, "k1")];

    public static async Task<SourceCase> GenerateAsync(Random random, KeyShape keys, CaseFolder folder)
    {
        var isStatic = random.Next(5) == 0;
        var isDate = random.Next(3) == 0;
        var ownCreated = random.Next(3) == 0;
        var narrow = keys.Count < 2 && random.Next(2) == 0;
        var kind = random.Next(4);
        var files = kind switch { 0 => 0, 1 => 1, _ => 3 };
        var rows = new List<CaseRow>();
        for (var i = 0; i < 80; i++)
        {
            var file = files < 2 ? 0 : i / 27;
            var fileCreated = files == 0 ? long.MinValue : SpineCase.Moment(3 + (3 * file));
            var step = random.Next(SpineCase.Moments);
            var eventTime = isStatic ? (long?)null : isDate ? SpineCase.Moment(step & ~1) : SpineCase.Moment(step);
            rows.Add(new CaseRow(
                i, SpineCase.PickFirst(random), SpineCase.PickSecond(random), eventTime, ownCreated ? SpineCase.Moment(random.Next(SpineCase.Moments)) : fileCreated, i, file));
        }

        var rule = new VisibilityRule(
            isStatic ? 0 : random.Next(3) switch { 0 => UtcTime.MicrosecondsPerDay, 1 => 1, _ => 0 },
            isStatic || random.Next(2) == 0 ? null : random.Next(2) == 0 ? UtcTime.MicrosecondsPerDay : 2 * UtcTime.MicrosecondsPerDay,
            random.Next(3) > 0, random.Next(3) == 0);
        var timeColumn = isStatic ? null : new PlanColumn("when", isDate ? DataType.Date : DataType.Timestamp);
        var createdColumn = ownCreated ? new PlanColumn("made", DataType.Timestamp) : null;
        int? withoutText = files == 3 && random.Next(2) == 0 ? 1 : null;
        var source = new SourceCase(keys, new SourceRows(new ParquetSource([]), timeColumn, createdColumn), rule, random.Next(4) == 0, rows, withoutText) { IsNarrow = narrow };
        PlanSource place = files == 0 ? source.ToTableSource() : await source.WriteFilesAsync(folder, files, sameNames: kind == 3);
        return source with { Rows = source.Rows with { Source = place } };
    }

    public AsOfRead ToRead(int number)
    {
        var name = number.ToString(CultureInfo.InvariantCulture);
        KeyMatch[] all = [new("__key0", IsNarrow ? FirstNarrow : First, DataType.BigInt), new("__key1", Second, DataType.String)];
        return new AsOfRead
        {
            Rows = Rows,
            Keys = all[..Keys.Count],
            Outputs = [new PlanOutput(Id, $"id{name}"), new PlanOutput(Text, $"text{name}"), new PlanOutput(Vector, $"vector{name}")],
            Visibility = Rule,
            NotNull = NotNull ? Text : null,
            EventTimeOutput = $"time{name}",
            MatchOutput = $"matched{name}",
        };
    }

    public string? TextOf(CaseRow row) => row.File == FileWithoutText || row.Id % 3 == 0 ? null : $"text {row.Id}";

    public float?[]? VectorOf(CaseRow row) => row.Id % 7 == 0 ? null : [row.Id, null, -0.5f];

    public bool Counts(CaseRow row, long moment)
    {
        if (Rule.KnownAsOf && row.CreatedTime > moment) return false;
        if (IsStatic) return true;
        var visible = row.EventTime!.Value + Rule.Delay;
        return (Rule.AllowExactMatches ? visible <= moment : visible < moment) && (Rule.Lookback is null || row.EventTime >= moment - Rule.Lookback);
    }

    /// <summary>The answering row of one spine row: the greatest of those that count, by going through all of them.</summary>
    public CaseRow? Answer(CaseSpineRow spine)
    {
        CaseRow? best = null;
        if (spine.Time is not { } moment) return null;
        foreach (var row in All)
        {
            if (Keys.Count > 0 && (spine.First is null || row.First != spine.First)) continue;
            if (Keys.Count > 1 && (spine.Second is null || row.Second != spine.Second)) continue;
            if (!Counts(row, moment) || (NotNull && TextOf(row) is null)) continue;
            var key = (row.EventTime ?? 0, row.CreatedTime, row.Sequence);
            if (best is null || key.CompareTo((best.EventTime ?? 0, best.CreatedTime, best.Sequence)) > 0) best = row;
        }

        return best;
    }

    private TableSource ToTableSource() => new(ToTable(All, withText: true));

    private async Task<ParquetSource> WriteFilesAsync(CaseFolder folder, int files, bool sameNames)
    {
        var written = new List<ParquetSourceFile>();
        for (var file = 0; file < files; file++)
        {
            CaseRow[] rows = [.. All.Where(row => row.File == file)];
            using var table = ToTable(rows, withText: file != FileWithoutText);
            var columns = table.ColumnNames.Select(name => new PlanColumn(name, table.GetColumnType(name)));
            var name = sameNames ? FormattableString.Invariant($"{Guid.NewGuid():N}/same.parquet") : FormattableString.Invariant($"{Guid.NewGuid():N}.parquet");
            written.Add(await folder.WriteAsync(name, table, columns, Rows.CreatedTime is null ? rows[0].CreatedTime : 0));
        }

        return new ParquetSource(written);
    }

    private FeatureTable ToTable(IReadOnlyList<CaseRow> rows, bool withText)
    {
        var columns = new List<(string, System.Array)>
        {
            ("id", rows.Select(row => row.Id).ToArray()),
            ("k0", IsNarrow ? rows.Select(row => (int?)row.First).ToArray() : rows.Select(row => row.First).ToArray()),
            ("k1", rows.Select(row => row.Second).ToArray()),
            ("Vector", rows.Select(VectorOf).ToArray()),
        };
        if (withText) columns.Add(("text", rows.Select(TextOf).ToArray()));
        if (Rows.CreatedTime is not null) columns.Add(("made", rows.Select(row => UtcTime.ToDateTimeOffset(row.CreatedTime)).ToArray()));
        if (Rows.EventTime is { Type.Kind: DataTypeKind.Date })
            columns.Add(("when", rows.Select(row => UtcTime.ToDate((int)(row.EventTime!.Value / UtcTime.MicrosecondsPerDay))).ToArray()));
        else if (Rows.EventTime is not null) columns.Add(("when", rows.Select(row => UtcTime.ToDateTimeOffset(row.EventTime!.Value)).ToArray()));
        return FeatureTable.FromColumns([.. columns]);
    }
}

/// <summary>A folder of Parquet files for one case, gone after it.</summary>
internal sealed class CaseFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tauro-spark-");

    public async Task<ParquetSourceFile> WriteAsync(string name, FeatureTable table, IEnumerable<PlanColumn> columns, long created)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        ParquetColumn[] written = [.. columns.Select(column => new ParquetColumn(column.Name, column.Type, Nullable: true))];
        var schema = new Schema(written.Select(column => ArrowTypes.ToField(column.Name, column.Type)), null);
        await using (var output = File.Create(path))
        {
            await using var writer = await ParquetFileWriter.CreateAsync(output, written, TestContext.Current.CancellationToken);
            foreach (var batch in table.Batches)
            {
                var arrays = written.Select(column => ArrowConvert.ToCanonical(batch.Column(table.PositionOf(column.Name)), column.Type));
                await writer.WriteAsync(new RecordBatch(schema, arrays, batch.Length), TestContext.Current.CancellationToken);
            }

            await writer.CompleteAsync(TestContext.Current.CancellationToken);
        }

        return new ParquetSourceFile(path, table.RowCount, new FileInfo(path).Length, created);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
