using Apache.Arrow;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Tauro.FeatureStore.Engines.Spark;
using Tauro.FeatureStore.Engines.Spark.Protocol;

namespace Tauro.FeatureStore.Benchmarks;

/// <summary>A table of three columns up and ten columns back through the client, against the same requests sent as bytes and responses that nobody looks into.</summary>
internal static class SparkClient
{
    private static readonly string[] Columns = ["entity", "event_timestamp", "place"];

    public static async Task<int> RunAsync(string endpoint, Scale scale)
    {
        var options = new SparkOptions { ConnectionString = endpoint };
        var address = SparkEndpoint.Of(options);
        using var spine = History.Spine(scale.Spine, scale.Entities);
        var schema = new Schema([ArrowTypes.ToField("entity", DataType.BigInt), ArrowTypes.ToField("event_timestamp", DataType.Timestamp), ArrowTypes.ToField("place", DataType.BigInt)], null);
        PlanColumn[] columns = [new("entity", DataType.BigInt), new("event_timestamp", DataType.Timestamp)];
        using var transport = new SparkTransport(address, options.ConnectTimeout);
        await using var session = await SparkSession.OpenAsync(transport, address, options, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        var parts = new List<ByteString>();
        await foreach (var part in new UploadParts(schema).WriteAsync(NumberedRows.Of(spine, columns, schema))) parts.Add(part);

        return await SideBySide.RunAsync(
            $"{scale.Spine:n0} x 3 up and x 10 back through the Spark client", "bare gRPC drain", _ => DrainAsync(session, parts), "client", _ => ReadAsync(session, schema, spine, columns),
            scale.Rounds, warmUp: 3);
    }

    private static async Task<double> DrainAsync(SparkSession session, List<ByteString> parts)
    {
        var names = new List<string>();
        foreach (var part in parts)
        {
            names.Add($"drained_{names.Count}");
            await DrainAsync(session, new Plan { Command = new Command { CreateDataframeView = new CreateDataFrameViewCommand { Input = new Relation { LocalRelation = new LocalRelation { Data = part } }, Name = names[^1], Replace = true } } });
        }

        return await DrainAsync(session, Query(string.Join(" UNION ALL ", names.Select(name => $"SELECT * FROM {name}"))));
    }

    private static async Task<double> DrainAsync(SparkSession session, Plan plan)
    {
        var operation = Guid.NewGuid().ToString();
        using var call = session.StartExecute(plan, operation, CancellationToken.None);
        long rows = 0;
        await foreach (var response in call.ResponseStream.ReadAllAsync()) rows += response.ArrowBatch?.RowCount ?? 0;
        await session.ReleaseAsync(operation);
        return rows;
    }

    private static async Task<double> ReadAsync(SparkSession session, Schema schema, FeatureTable spine, PlanColumn[] columns)
    {
        await using var views = new SourceViews(session);
        var from = await views.UploadAsync(schema, spine.RowCount, NumberedRows.Of(spine, columns, schema), CancellationToken.None);
        long rows = 0;
        await foreach (var batch in ResultReader.ReadAsync(session.ExecuteAsync(Query($"SELECT * FROM {from}"), values: null, progress: null, CancellationToken.None), session.Endpoint))
            using (batch) rows += batch.Length;
        return rows;
    }

    /// <summary>The three columns and seven that are made of them.</summary>
    private static Plan Query(string from) => new()
    {
        Root = new Relation { Sql = new Sql { Query = $"SELECT {string.Join(", ", Columns)}, {string.Join(", ", Enumerable.Range(0, 7).Select(i => $"entity + {i} AS c{i}"))} FROM ({from})" } },
    };
}
