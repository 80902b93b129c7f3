using Apache.Arrow;

namespace Tauro.FeatureStore.Spark.Tests;

/// <summary>Large spines that go to Spark by storage.</summary>
public sealed class SharedPathTests(SparkServer server) : IDisposable
{
    /// <summary>More than one group of rows in the file.</summary>
    private const int Rows = 140_003;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tauro-shared-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Shared => Path.Combine(_folder.FullName, "shared [1]");

    [Fact]
    public async Task A_large_spine_with_keys_of_all_types_is_answered_as_it_is_by_message_and_leaves_no_file()
    {
        var day = new DateOnly(1500, 1, 1);
        using var spine = Table(Rows, i => i % 50 == 49 ? null : i % 10, withTime: true);
        using var rows = Table(10, i => i, withTime: false);
        (string Name, DataType Type)[] keys =
        [
            ("i", DataType.Int), ("b", DataType.BigInt), ("s", DataType.String), ("o", DataType.Boolean), ("d", DataType.Date), ("m", DataType.Timestamp),
        ];
        var plan = new AsOfPlan
        {
            Spine = spine,
            TimeColumn = "time",
            Reads =
            [
                new AsOfRead
                {
                    Rows = new SourceRows(new TableSource(rows), null, null),
                    Keys = [.. keys.Select(key => new KeyMatch(key.Name, new PlanColumn(key.Name, key.Type), key.Type))],
                    Outputs = [new PlanOutput(new PlanColumn("b", DataType.BigInt), "answer")],
                    Visibility = new VisibilityRule(0, null, true, false),
                },
            ],
        };

        var answers = await AnswerAsync(plan, Shared);

        Assert.Equal(Enumerable.Range(0, Rows).Select(i => i % 50 == 49 ? null : (long?)(i % 10)), answers);
        Assert.Equal(await AnswerAsync(plan, shared: null), answers);
        Assert.True(Directory.Exists(Shared), "No file was written.");
        Assert.Empty(Directory.GetFiles(Shared));

        FeatureTable Table(int count, Func<int, int?> number, bool withTime)
        {
            var numbers = Enumerable.Range(0, count).Select(number).ToArray();
            List<(string, System.Array)> columns =
            [
                ("i", numbers), ("b", numbers.Select(n => (long?)n).ToArray()), ("s", numbers.Select(n => n is null ? null : $"é{n}'").ToArray()),
                ("o", numbers.Select(n => n is null ? null : (bool?)(n % 2 == 0)).ToArray()), ("d", numbers.Select(n => n is null ? null : (DateOnly?)day.AddDays(n.Value)).ToArray()),
                ("m", numbers.Select(n => n is null ? null : (DateTimeOffset?)DateTimeOffset.UnixEpoch.AddMicroseconds(-n.Value)).ToArray()),
            ];
            if (withTime) columns.Add(("time", Enumerable.Range(0, count).Select(i => DateTimeOffset.UnixEpoch.AddSeconds(i)).ToArray()));
            return FeatureTable.FromColumns([.. columns]);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<List<long?>> AnswerAsync(AsOfPlan plan, string? shared)
    {
        await using var spark = new SparkQueryExecutor(SparkServer.Context, new SparkOptions { ConnectionString = server.Endpoint, SharedPath = shared });
        var answers = new List<long?>();
        await foreach (var batch in spark.RunAsync(plan, Cancel))
            using (batch) answers.AddRange((Int64Array)batch.Column(0));
        return answers;
    }
}
