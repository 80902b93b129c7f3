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
    case ["writes", .. var options]:
        return await WriteRace.RunAsync(Scale.Parse(options));
    case ["latest", .. var options]:
        return await LatestValues.RunAsync(Scale.Parse(options));
    case ["cached", .. var options]:
        return await Cached.RunAsync(Scale.Parse(options));
    case ["lookup", .. var options]:
        return await Lookup.RunAsync(Scale.Parse(options));
    case ["spark", var endpoint, .. var options]:
        return await SparkClient.RunAsync(endpoint, Scale.Parse(options)) + await SparkAsOf.RunAsync(endpoint, Scale.Parse(options));
    case ["spark-memory", var endpoint]:
        return await SparkMemory.RunAsync(endpoint);
    case ["materialize", var endpoint, .. var options]:
        return await SparkMaterialize.RunAsync(endpoint, Scale.Parse(options));
    case ["materialize-worker", var endpoint, var way, var rows, var entities]:
        await SparkMaterialize.RunOnceAsync(endpoint, way, int.Parse(rows, CultureInfo.InvariantCulture), int.Parse(entities, CultureInfo.InvariantCulture));
        return 0;
    case ["virtual", .. var options]:
        return await VirtualReads.RunAsync(Scale.Parse(options));
    case ["ranges", .. var options]:
        return await Ranges.RunAsync(Scale.Parse(options));
    case ["registry", .. var options]:
        return await RegistryOpening.RunAsync(options is [var groups, ..] ? int.Parse(groups, CultureInfo.InvariantCulture) : 10_000, rounds: 3);
    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project tests/Tauro.FeatureStore.Benchmarks -- training-set|latest|cached|lookup [--spine 1000000] [--rows 10000000] [--entities 100000] [--features 6] [--writes 1] [--rounds 3]

            A training set of the spine against one group through the public API: time and peak memory as ratios to a bare
            DuckDB ASOF query over the same Parquet files in the same run.

            ... -- writes [--rows 10000000] [--entities 100000] [--rounds 3]

            A write of all rows against DuckDB's COPY, and merges of 100 000 rows against writing all.

            ... -- virtual [--spine 1000000] [--rows 10000000] [--entities 100000] [--rounds 11]

            Virtual features over Parquet files: latest values of many and of 10 000 entities, and training sets, against one SQL text written by hand. With --folder the
            files are made once and kept.

            ... -- ranges [--rows 10000000] [--entities 100000] [--writes 1] [--rounds 5]

            All rows of a range of event times in order, against DuckDB's ORDER BY over the same files.

            ... -- spark sc://127.0.0.1:15002 [--spine 1000000] [--rows 10000000] [--entities 100000] [--rounds 3]

            Up and back through the client of a Spark server against a bare drain of the same messages, and a training set there against SQL written by hand. The server must
            see the files of this machine.

            ... -- spark-memory sc://127.0.0.1:15002

            The memory of this process while answers of 1, 4 and 12 million rows of ten columns stream through it.

            ... -- materialize sc://127.0.0.1:15002 [--rows 10000000] [--entities 100000] [--rounds 3]

            Rows that a Spark server computes, materialized by files that it writes itself against a stream through this process: time and this process's peak memory.

            ... -- registry [10000]

            The opening of a registry of so many groups, with its checkpoint and without, against a bare reading of its files.
            """);
        return 2;
}
