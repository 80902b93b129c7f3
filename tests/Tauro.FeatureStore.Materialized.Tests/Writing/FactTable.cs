using Microsoft.Extensions.Time.Testing;

namespace Tauro.FeatureStore.Materialized.Tests;

/// <summary>The table of a small group of one of several shapes, with the words in which tests of writes are written.</summary>
internal sealed class FactTable(string shape, IFileStorage storage, int rowsAtOnce = int.MaxValue)
{
    private static readonly DateTimeOffset Begin = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly GroupTable _table = new(storage, SchemaOf(shape), new FakeTimeProvider(Begin)) { RowsOfStream = rowsAtOnce };

    public const string Folder = "facts/v1";

    public static string[] Shapes => ["keys and time", "two keys", "time alone", "static", "static, no keys"];

    private FeatureGroupSchema Schema { get; } = SchemaOf(shape);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public string[] Files() => [.. storage.List(Folder).Select(file => file.Name)];

    /// <summary>Writes random rows as a stream of pieces of random length. Keys, times and values are few, so that rows of all kinds meet.</summary>
    public Task WriteAsync(WriteMode mode, Random random, int rows) => WriteAsync(mode, Pieces(random, rows));

    public async Task WriteAsync(WriteMode mode, IEnumerable<(int Key, int Hour, int Value)[]> pieces) =>
        await _table.WriteAsync(Schema, Stream(pieces), mode, isStream: true, Token);

    /// <summary>All rows as texts, sorted, each with the version that wrote it.</summary>
    public async Task<string[]> ReadAsync()
    {
        var snapshot = (await _table.ReadSnapshotAsync(Token))!;
        StoredColumn[] columns = [.. StoredColumn.All(Schema, GroupTable.StoredKeyTypes(Schema, snapshot)!)];
        var rows = new List<string>();
        foreach (var file in snapshot.Files)
        {
            await using var reader = await StoredFileReader.OpenAsync(storage, Folder, file, Token);
            for (var rowGroup = 0; rowGroup < reader.RowGroupCount; rowGroup++)
            {
                using var batch = await reader.TakeAsync(rowGroup, Enumerable.Range(0, reader.RowsIn(rowGroup)).ToArray(), columns, Token);
                var texts = columns.Select((column, i) => Cells.Texts(batch.Column(i), column.Type)).ToArray();
                var sequences = ArrowMemory.Values<long>(batch.Column(columns.Length + 1)).ToArray();
                rows.AddRange(sequences.Select((sequence, row) => $"{string.Join(' ', texts.Select(text => text[row]))} v{sequence / WriteSequence.Of(1, 0)}"));
            }
        }

        return [.. rows.Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<(int, int, int)[]> Pieces(Random random, int rows)
    {
        while (rows > 0)
        {
            var count = Math.Min(rows, random.Next(1, 9));
            yield return [.. Enumerable.Range(0, count).Select(_ => (random.Next(12), random.Next(4), random.Next(3)))];
            rows -= count;
        }
    }

    private async IAsyncEnumerable<FeatureTable> Stream(IEnumerable<(int Key, int Hour, int Value)[]> pieces)
    {
        foreach (var piece in pieces)
        {
            await Task.Yield();
            var columns = new List<(string, Array)>();
            if (shape == "two keys") columns.AddRange([("id", piece.Select(row => $"k{row.Key / 2}").ToArray()), ("flag", piece.Select(row => row.Key % 2 == 0).ToArray())]);
            else if (Schema.EntityKeys.Count > 0) columns.Add(("id", piece.Select(row => row.Key).ToArray()));
            if (!Schema.IsStatic) columns.Add(("at", piece.Select(row => Begin.AddHours(row.Hour)).ToArray()));
            columns.Add(("number", piece.Select(row => row.Value == 0 ? null : (int?)row.Value).ToArray()));
            columns.Add(("note", piece.Select(row => row.Value == 1 ? null : $"note {row.Value}").ToArray()));
            using var table = FeatureTable.FromColumns([.. columns]);
            yield return table;
        }
    }

    private static FeatureGroupSchema SchemaOf(string shape)
    {
        var schema = new FeatureGroupSchema("facts")
        {
            EntityKeys = shape switch
            {
                "two keys" => [new EntityKey("id", DataType.String), new EntityKey("flag", DataType.Boolean)],
                "time alone" or "static, no keys" => [],
                _ => [new EntityKey("id", DataType.Int)],
            },
            Features = [new FeatureSchema("number", DataType.Int), new FeatureSchema("note", DataType.String)],
        };
        return shape.StartsWith("static", StringComparison.Ordinal) ? schema with { IsStatic = true } : schema with { TimestampKey = "at" };
    }
}
