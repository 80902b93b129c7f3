using System.Globalization;

namespace Tauro.FeatureStore.Engines.MicrosoftSpark;

/// <summary>The version of Spark that the job runs on. Microsoft.Spark knows older ones, which lack what plans need: the number of a row in its file.</summary>
internal static class DriverVersion
{
    private static readonly Version Oldest = new(3, 5);

    public static void Check(string version)
    {
        string[] parts = version.Split('.');
        var isKnown = parts.Length > 1 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var major) && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var minor)
            && new Version(major, minor) >= Oldest;
        if (!isKnown) throw new VirtualizationQueryException($"The job runs on Spark {version}; Spark {Oldest} or a newer 3.x is needed. Submit it to one, with the jar of Microsoft.Spark for it.");
    }
}
