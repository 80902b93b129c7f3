namespace Tauro.FeatureStore;

/// <summary>
/// The rows of a query of the caller's. They have no write sequence: two rows of equal keys and times that no created time tells apart are an error of the query,
/// and the engine says so.
/// </summary>
/// <param name="Sql">One query in the engine's dialect, not yet checked. The engine nests it whole, and refuses what is not a single query.</param>
/// <param name="Parameters">The values of the parameters <c>$name</c>, which are bound and never written into the text.</param>
/// <param name="UsesAsOf">
/// Whether the text uses the parameter <c>$as_of</c>, which the engine binds to the moment that is looked from. A spine with several moments is answered as if the query
/// ran once for each of them.
/// </param>
public sealed record SqlSource(string Sql, IReadOnlyDictionary<string, object?> Parameters, bool UsesAsOf = false) : PlanSource
{
    /// <summary>The name of the parameter that holds the moment of a read.</summary>
    public const string AsOfParameter = "as_of";
}
