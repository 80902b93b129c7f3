using System.Globalization;

namespace Tauro.FeatureStore;

/// <summary>That a group, a version of one, or a feature should not be used in anything new. It stays readable.</summary>
/// <param name="Name">What is deprecated: <c>group</c>, <c>group@version</c>, <c>group.feature</c> or <c>group@version.feature</c>.</param>
/// <param name="Reason">Why.</param>
/// <param name="UseInstead">What to use instead, named in the same way; null where there is nothing.</param>
/// <param name="Since">When it was deprecated.</param>
/// <param name="Author">Who did it.</param>
public sealed record Deprecation(string Name, string Reason, string? UseInstead, DateTimeOffset Since, string Author)
{
    /// <summary>The deprecation as a sentence.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name} is deprecated since {Since.UtcDateTime:yyyy-MM-dd}: {Reason}{(UseInstead is null ? "" : $" Use {UseInstead} instead.")}");
}
