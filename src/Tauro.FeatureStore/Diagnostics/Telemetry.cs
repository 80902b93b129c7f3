using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Tauro.FeatureStore;

/// <summary>
/// The activity source and the meter named <c>Tauro.FeatureStore</c>, with OpenTelemetry's semantic names for calls of a database where there are some. They carry names,
/// counts and times, never values.
/// </summary>
internal static class Telemetry
{
    private const string Name = "Tauro.FeatureStore";

    public static ActivitySource Source { get; } = new(Name);

    public static Meter Meter { get; } = new(Name);

    public static Histogram<double> Duration { get; } = Meter.CreateHistogram(
        "db.client.operation.duration", "s", "Duration of reads and writes of features", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] });

    public static Histogram<long> ReturnedRows { get; } = Meter.CreateHistogram(
        "db.client.response.returned_rows", "{row}", "Rows that reads returned", tags: null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000] });

    public static Counter<long> WrittenRows { get; } = Meter.CreateCounter<long>("feature_store.rows.written", "{row}", "Rows that writes committed");

    public static Activity? StartNode(string pipeline, string node) =>
        Source.StartActivity($"run_node {node}")?.SetTag("feature_store.pipeline", pipeline).SetTag("feature_store.node", node);

    public static void Fail(Activity? activity, Exception failure) =>
        activity?.SetTag("error.type", failure.GetType().FullName).SetStatus(ActivityStatusCode.Error);
}
