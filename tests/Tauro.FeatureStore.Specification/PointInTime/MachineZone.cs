namespace Tauro.FeatureStore.Specification;

/// <summary>Moves the process to another time zone for the length of a test.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class MachineZone : IDisposable
{
    private const string Variable = "TZ";
    private readonly string? _before = Environment.GetEnvironmentVariable(Variable);

    /// <summary>Goes to a zone, until what is returned is disposed.</summary>
    public static IDisposable Use(string zone)
    {
        var moved = new MachineZone();
        Set(zone);
        Assert.SkipUnless(TimeZoneInfo.Local.Id == zone, $"The zone of the process could not be set to {zone}.");
        return moved;
    }

    public void Dispose() => Set(_before);

    private static void Set(string? zone)
    {
        Environment.SetEnvironmentVariable(Variable, zone);
        TimeZoneInfo.ClearCachedData();
    }
}
