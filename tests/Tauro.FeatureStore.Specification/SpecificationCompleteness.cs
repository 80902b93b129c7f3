namespace Tauro.FeatureStore.Specification;

/// <summary>Fails where a test assembly forgets to derive a suite of the specification. An assembly derives this class once.</summary>
public abstract class SpecificationCompleteness
{
    /// <summary>The suites that do not apply to the engine, each with the reason.</summary>
    protected virtual IReadOnlyDictionary<Type, string> Exclusions { get; } = new Dictionary<Type, string>();

    private static IEnumerable<Type> Suites => typeof(Specification).Assembly.GetExportedTypes()
        .Where(type => type.IsAbstract && type.IsSubclassOf(typeof(Specification)) && HoldsTests(type));

    [Fact]
    public void Every_suite_is_derived_or_excluded_for_a_reason()
    {
        var derived = GetType().Assembly.GetTypes().Where(type => !type.IsAbstract).ToArray();

        Assert.Empty(Suites.Where(suite => !Exclusions.ContainsKey(suite) && !derived.Any(type => type.IsSubclassOf(suite))).Select(suite => suite.Name));
        Assert.All(Exclusions, exclusion => Assert.False(string.IsNullOrWhiteSpace(exclusion.Value), $"The exclusion of {exclusion.Key.Name} gives no reason."));
    }

    [Fact]
    public void No_suite_is_both_derived_and_excluded()
    {
        var derived = GetType().Assembly.GetTypes().Where(type => !type.IsAbstract).ToArray();

        Assert.Empty(Exclusions.Keys.Where(suite => derived.Any(type => type.IsSubclassOf(suite))).Select(suite => suite.Name));
        Assert.Subset(Suites.ToHashSet(), Exclusions.Keys.ToHashSet());
    }

    private static bool HoldsTests(Type type) =>
        type.GetMethods().Any(method => method.DeclaringType == type && method.GetCustomAttributes(typeof(FactAttribute), inherit: true).Length > 0);
}
