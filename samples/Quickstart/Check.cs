namespace Quickstart;

/// <summary>Keeps the sample honest: what it claims is looked at, and a claim that does not hold makes the exit code 1.</summary>
internal static class Check
{
    private static int s_held;
    private static int s_failed;

    public static int ExitCode => s_failed == 0 ? 0 : 1;

    public static string Summary => $"{s_held} claims held, {s_failed} did not";

    public static void That(bool holds, string claim)
    {
        if (holds) s_held++;
        else s_failed++;
        if (!holds) Console.Error.WriteLine($"does not hold: {claim}");
    }
}
