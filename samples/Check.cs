/// <summary>Keeps a sample honest: a claim that does not hold ends it with an exit code of 1.</summary>
internal static class Check
{
    public static void That(bool holds, string claim)
    {
        if (holds) return;
        Console.Error.WriteLine($"does not hold: {claim}");
        Environment.Exit(1);
    }
}
