namespace Tauro.FeatureStore;

/// <summary>One named field of a <see cref="DataType.Struct(StructMember[])"/>. Its values may be null.</summary>
/// <param name="Name">The field's name: ASCII letters, digits and underscore, at most 128 characters.</param>
/// <param name="Type">The field's type.</param>
public sealed record StructMember(string Name, DataType Type);
