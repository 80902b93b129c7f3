namespace Tauro.FeatureStore;

/// <summary>
/// How one engine writes names, types, parameters and texts in SQL. Each engine has one dialect, and nothing else of it builds SQL from strings that came
/// from outside.
/// </summary>
public abstract class SqlDialect
{
    /// <summary>A name between the engine's quotes, with the quotes in it doubled.</summary>
    /// <param name="name">Any name.</param>
    public abstract string Identifier(string name);

    /// <summary>The place of a bound parameter in the text.</summary>
    /// <param name="name">The parameter's name.</param>
    public abstract string Parameter(string name);

    /// <summary>The engine's name of a type.</summary>
    /// <param name="type">The type.</param>
    public abstract string TypeName(DataType type);

    /// <summary>A text as a literal that no content can break out of.</summary>
    /// <param name="text">Any text.</param>
    public abstract string TextLiteral(string text);
}
