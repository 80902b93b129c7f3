using System.Globalization;
using Tauro.FeatureStore.Benchmarks;

// Each contestant runs in a process of its own, so that its peak memory is its own, and they take turns, so that a slow moment of the machine hits all of them.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["worker", var contestant, var folder]:
        await Worker.RunAsync(contestant, folder);
        return 0;
    case ["training-set", .. var options]:
        return await Race.RunAsync(Scale.Parse(options));
    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project tests/Tauro.FeatureStore.Benchmarks -- training-set [--spine 1000000] [--rows 10000000] [--entities 100000] [--writes 1] [--rounds 3]

            A training set of the spine against one group of 8 columns, 6 of them features, through the public API: time and peak memory as ratios to a bare
            DuckDB ASOF query over the same Parquet files in the same run.
            """);
        return 2;
}
