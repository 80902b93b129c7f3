namespace Tauro.FeatureStore.Materialized;
internal static class Probe
{
    private static readonly System.Diagnostics.Stopwatch W = System.Diagnostics.Stopwatch.StartNew();
    public static void Start() => W.Restart();
    public static void At(string what) { Console.Error.WriteLine($"   {what} {W.Elapsed.TotalMilliseconds:f1}"); }
}
