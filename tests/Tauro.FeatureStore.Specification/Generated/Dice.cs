using CsCheck;

namespace Tauro.FeatureStore.Specification;

/// <summary>Chances that come out the same for the same seed, on every machine and with every version of .NET.</summary>
public sealed class Dice(ulong seed)
{
    private const uint Stream = 17;
    private readonly PCG _random = new(Stream, seed);

    /// <summary>A whole number from the first, included, to the last, included.</summary>
    public int Between(int first, int last) => first + (int)_random.Next((uint)(last - first + 1));

    /// <summary>True one time in so many.</summary>
    public bool OneIn(int times) => Between(1, times) == 1;

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Between(0, choices.Count - 1)];

    public static IReadOnlyList<T> Times<T>(int count, Func<T> make) => [.. Enumerable.Range(0, count).Select(_ => make())];
}
