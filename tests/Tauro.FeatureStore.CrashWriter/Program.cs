using System.Globalization;
using Tauro.FeatureStore;
using Tauro.FeatureStore.CrashWriter;

// Works on a table until it is killed, and says what it begins and what it has done, one line each. All rows of one hour are written together and have one age, so
// that whoever reads the table can tell half of a write from a whole one.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["share", var shared, var writer, var writes])
{
    await SharingWriter.RunAsync(shared, int.Parse(writer, CultureInfo.InvariantCulture), int.Parse(writes, CultureInfo.InvariantCulture));
    return;
}

const int users = 40;
var (folder, seed) = (args[0], int.Parse(args[1], CultureInfo.InvariantCulture));
var random = new Random(seed);
var start = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
await using var store = new MaterializedFeatureStore(new FeatureStoreContext(folder));
await store.Metadata.RefreshAsync();
var (begun, longest) = (TimeProvider.System.GetTimestamp(), TimeSpan.FromMinutes(1)); // Nobody may be left to kill it.
Console.WriteLine("ready");
for (var number = 0; TimeProvider.System.GetElapsedTime(begun) < longest; number++)
{
    var (hour, age) = (random.Next(60), (seed * 1_000) + number);
    var operation = random.Next(10);
    Console.WriteLine($"begin {operation} {hour} {age}");
    await RunAsync(operation, hour, age);
    Console.WriteLine("done");
}

async Task RunAsync(int operation, int hour, int age)
{
    switch (operation)
    {
        case 0 or 1: // An append of an hour that is there would keep both, so it is made anew by itself.
            await store.BackfillAsync("users", start.AddHours(hour), start.AddHours(hour + 1), Rows(0));
            await store.WriteFeaturesAsync("users", Rows(hour, age));
            break;
        case 2 or 3 or 4 or 5: await store.WriteFeaturesAsync("users", Rows(hour, age), WriteMode.Merge); break;
        case 6: await store.BackfillAsync("users", start.AddHours(hour), start.AddHours(hour + 1), Rows(hour, age)); break;
        case 7: await store.CompactAsync("users"); break;
        case 8: await store.VacuumAsync("users", TimeSpan.FromSeconds(5)); break;
        default: await store.CheckpointAsync("users", DateTimeOffset.MinValue, CancellationToken.None); break;
    }
}

FeatureTable Rows(int hour, int? age = null)
{
    var count = age is null ? 0 : users;
    return FeatureTable.FromColumns(
        ("user_id", Enumerable.Range(0, count).Select(user => (long)user).ToArray()),
        ("event_time", Enumerable.Repeat(start.AddHours(hour), count).ToArray()),
        ("age", Enumerable.Repeat(age ?? 0, count).ToArray()));
}
