using System.Globalization;

namespace Tauro.FeatureStore;

/// <summary>
/// A feature as a request names it: <c>feature</c>, <c>group.feature</c> or <c>group@version.feature</c>, each with an optional <c> as alias</c>. A plain
/// text converts to it.
/// </summary>
public sealed record FeatureReference
{
    /// <summary>Names a feature.</summary>
    /// <param name="feature">The feature's name.</param>
    /// <param name="group">The group's name, or null where only one registered group has the feature.</param>
    /// <param name="version">The group's version, or null for the latest registered one.</param>
    /// <exception cref="SchemaValidationException">A name is invalid.</exception>
    public FeatureReference(string feature, string? group = null, int? version = null)
    {
        Feature = Identifier.Check(feature, "feature");
        if (group is not null) Group = Identifier.CheckGroup(group);
        Version = version;
    }

    /// <summary>The feature's name.</summary>
    public string Feature { get; }

    /// <summary>The group's name, or null.</summary>
    public string? Group { get; }

    /// <summary>The group's version, or null for the latest.</summary>
    public int? Version { get; }

    /// <summary>The name of the output column; null for the feature's own name.</summary>
    /// <value>The default is null.</value>
    public string? Alias
    {
        get;
        init => field = value is null ? null : Identifier.Check(value, "alias");
    }

    /// <summary>
    /// Answers with the latest row in which this feature is not null, found as if the feature were a group of its own. By default null is an answer like any
    /// other.
    /// </summary>
    /// <value>The default is false.</value>
    public bool SkipNulls { get; init; }

    /// <summary>Which store of a <see cref="CompositeFeatureStore"/> answers. Other stores answer whatever stands here.</summary>
    /// <value>The default is null: the only one that serves the feature, or the one that <see cref="RetrievalOptions.Store"/> names.</value>
    public StoreKind? Store { get; init; }

    /// <summary>
    /// Which column of the spine holds each key of the group, where their names differ: key of the group to column of the spine. A group may be used several
    /// times in one request under different mappings, such as the airport of origin and of destination.
    /// </summary>
    /// <value>The default is empty: the names are the same.</value>
    public IReadOnlyDictionary<string, string> KeyColumns { get; init => field = ValueMap<string>.Of(value); } = ValueMap<string>.Empty;

    /// <summary>Reads a reference from its text.</summary>
    /// <param name="text">Such as <c>user_features@2.age as age_before</c>.</param>
    /// <exception cref="SchemaValidationException">The text is no reference.</exception>
    public static FeatureReference Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var alias = words.Length == 3 && words[1].Equals("as", StringComparison.OrdinalIgnoreCase) ? words[2] : null;
        if (words.Length != 1 && alias is null) throw Malformed(text);

        var dot = words[0].IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) return new FeatureReference(words[0]) { Alias = alias };
        var (group, version) = GroupName.Parse(words[0][..dot]);
        return new FeatureReference(words[0][(dot + 1)..], group, version) { Alias = alias };
    }

    /// <summary>Reads a reference from its text, as <see cref="Parse"/> does.</summary>
    /// <param name="text">Such as <c>user_features.age</c>.</param>
    public static implicit operator FeatureReference(string text) => Parse(text);

    /// <summary>Reads a reference from its text, as <see cref="Parse"/> does.</summary>
    /// <param name="text">Such as <c>user_features.age</c>.</param>
    public static FeatureReference FromString(string text) => Parse(text);

    /// <summary>The reference as a text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => string.Concat(
        Group, Version is null ? null : string.Create(CultureInfo.InvariantCulture, $"@{Version}"), Group is null ? null : ".", Feature,
        Alias is null ? null : $" as {Alias}");

    private static SchemaValidationException Malformed(string text) => new(
        $"'{text}' is no feature reference. Write feature, group.feature or group@version.feature, with an optional ' as alias'.");
}
