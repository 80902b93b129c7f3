namespace Tauro.FeatureStore;

/// <summary>One column of the key that names an entity. A plain text converts to a key whose type the first write pins.</summary>
public sealed record EntityKey
{
    /// <summary>Declares a key column.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="dataType">Int, BigInt, String, Boolean, Date, Timestamp or Decimal; null to take the type of the first write.</param>
    /// <exception cref="SchemaValidationException">The name is invalid, or no key can have the type.</exception>
    public EntityKey(string name, DataType? dataType = null)
    {
        Name = Identifier.Check(name, "entity key");
        if (dataType is { CanBeKey: false })
            throw new SchemaValidationException(
                $"The entity key '{name}' cannot be {dataType}: a key is INT, BIGINT, STRING, BOOLEAN, DATE, TIMESTAMP or DECIMAL.");
        DataType = dataType;
    }

    /// <summary>The column's name.</summary>
    public string Name { get; }

    /// <summary>The column's type, or null where the first write pins it.</summary>
    public DataType? DataType { get; }

    /// <summary>A key of which only the name is declared.</summary>
    /// <param name="name">The column's name.</param>
    public static implicit operator EntityKey(string name) => new(name);

    /// <summary>A key of which only the name is declared.</summary>
    /// <param name="name">The column's name.</param>
    public static EntityKey FromString(string name) => new(name);
}
