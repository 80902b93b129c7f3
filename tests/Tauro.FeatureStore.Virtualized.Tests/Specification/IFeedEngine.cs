namespace Tauro.FeatureStore.Specification;

/// <summary>The engine that reads feeds.</summary>
internal interface IFeedEngine
{
    /// <summary>A name between the engine's quotes.</summary>
    string Identifier(string name);

    /// <summary>How queries call a feed.</summary>
    string NameOf(string feed);

    /// <summary>Gives a feed its rows, in the place of those that it had.</summary>
    Task DeclareAsync(string table, FeatureTable rows, CancellationToken cancellationToken);
}
