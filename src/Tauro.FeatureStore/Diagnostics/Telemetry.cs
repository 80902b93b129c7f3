using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Tauro.FeatureStore;

/// <summary>The activity source and the meter named <c>Tauro.FeatureStore</c>. They carry names, counts and times, never values.</summary>
internal static class Telemetry
{
    private const string Name = "Tauro.FeatureStore";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> RowsRead = Meter.CreateCounter<long>("feature_store.rows.read", "{row}", "Rows returned by reads");
    private static readonly Counter<long> RowsWritten = Meter.CreateCounter<long>("feature_store.rows.written", "{row}", "Rows committed by writes");
    private static readonly Histogram<double> ReadTime = Meter.CreateHistogram<double>("feature_store.read.duration", "s", "Time of reads");
    private static readonly Histogram<double> WriteTime = Meter.CreateHistogram<double>("feature_store.write.duration", "s", "Time of writes");

    public static Activity? StartRead(FeatureRequest request) =>
        Source.StartActivity("feature_store.read")?.SetTag("feature_store.features", request.Features.Count);

    public static Activity? StartWrite(string group) => Source.StartActivity("feature_store.write")?.SetTag("feature_store.group", group);

    public static void RecordRead(Activity? activity, string engine, long rows, TimeSpan elapsed)
    {
        activity?.SetTag("feature_store.engine", engine).SetTag("feature_store.rows", rows);
        var tag = new KeyValuePair<string, object?>("feature_store.engine", engine);
        RowsRead.Add(rows, tag);
        ReadTime.Record(elapsed.TotalSeconds, tag);
    }

    public static void RecordWrite(Activity? activity, string group, long rows, TimeSpan elapsed)
    {
        activity?.SetTag("feature_store.rows", rows);
        var tag = new KeyValuePair<string, object?>("feature_store.group", group);
        RowsWritten.Add(rows, tag);
        WriteTime.Record(elapsed.TotalSeconds, tag);
    }
}
