using System.Globalization;

namespace Tauro.FeatureStore;

/// <summary>
/// The type of a feature's values or of an entity key. An immutable value: two types are equal when they mean the same.
/// </summary>
/// <remarks>
/// The name that <see cref="ToString"/> gives (<c>DECIMAL(10,2)</c>, <c>ARRAY&lt;FLOAT&gt;</c>, <c>STRUCT&lt;lat: DOUBLE, lon: DOUBLE&gt;</c>)
/// is read back by <see cref="Parse"/>. Elements of arrays, values of maps and members of structs may be null; keys of maps may not.
/// </remarks>
public sealed class DataType : IEquatable<DataType>
{
    /// <summary>The most digits a decimal may have: what <see cref="decimal"/> holds without loss.</summary>
    public const int MaxDecimalPrecision = 28;

    private DataType(DataTypeKind kind) => Kind = kind;

    /// <summary>A 32-bit signed integer; <see cref="int"/> in C#.</summary>
    public static DataType Int { get; } = new(DataTypeKind.Int);

    /// <summary>A 64-bit signed integer; <see cref="long"/> in C#.</summary>
    public static DataType BigInt { get; } = new(DataTypeKind.BigInt);

    /// <summary>A 32-bit floating-point number; <see cref="float"/> in C#.</summary>
    public static DataType Float { get; } = new(DataTypeKind.Float);

    /// <summary>A 64-bit floating-point number; <see cref="double"/> in C#.</summary>
    public static DataType Double { get; } = new(DataTypeKind.Double);

    /// <summary>Unicode text; <see cref="string"/> in C#. Compared and sorted by its UTF-8 bytes.</summary>
    public static DataType String { get; } = new(DataTypeKind.String);

    /// <summary>True or false; <see cref="bool"/> in C#.</summary>
    public static DataType Boolean { get; } = new(DataTypeKind.Boolean);

    /// <summary>An instant in UTC, in whole microseconds; <see cref="DateTimeOffset"/> in C#.</summary>
    public static DataType Timestamp { get; } = new(DataTypeKind.Timestamp);

    /// <summary>A calendar day; <see cref="DateOnly"/> in C#.</summary>
    public static DataType Date { get; } = new(DataTypeKind.Date);

    /// <summary>The family of this type.</summary>
    public DataTypeKind Kind { get; }

    /// <summary>The digits of a decimal, 1 to 28; 0 for every other type.</summary>
    public int Precision { get; private init; }

    /// <summary>The digits after a decimal's point, 0 to <see cref="Precision"/>; 0 for every other type.</summary>
    public int Scale { get; private init; }

    /// <summary>The type of an array's elements or of a map's values; null for every other type.</summary>
    public DataType? Element { get; private init; }

    /// <summary>The type of a map's keys; null for every other type.</summary>
    public DataType? Key { get; private init; }

    /// <summary>The members of a struct, in order; empty for every other type.</summary>
    public IReadOnlyList<StructMember> Members { get; private init; } = ValueList<StructMember>.Empty;

    /// <summary>An exact decimal number.</summary>
    /// <param name="precision">All digits, 1 to 28.</param>
    /// <param name="scale">The digits after the point, 0 to <paramref name="precision"/>.</param>
    /// <exception cref="SchemaValidationException">The precision or the scale is out of range.</exception>
    public static DataType Decimal(int precision, int scale)
    {
        if (precision is < 1 or > MaxDecimalPrecision)
            throw new SchemaValidationException(string.Create(CultureInfo.InvariantCulture,
                $"DECIMAL({precision},{scale}): the precision must be 1 to {MaxDecimalPrecision}, the digits that a .NET decimal holds without loss."));
        if (scale < 0 || scale > precision)
            throw new SchemaValidationException(string.Create(CultureInfo.InvariantCulture,
                $"DECIMAL({precision},{scale}): the scale must be 0 to the precision, {precision}."));
        return new DataType(DataTypeKind.Decimal) { Precision = precision, Scale = scale };
    }

    /// <summary>A list of values of one type. An embedding is <c>Array(Float)</c> with feature type <see cref="FeatureType.Vector"/>.</summary>
    /// <param name="element">The type of the elements.</param>
    public static DataType Array(DataType element)
    {
        ArgumentNullException.ThrowIfNull(element);
        return new DataType(DataTypeKind.Array) { Element = element };
    }

    /// <summary>Pairs of a key and a value. Keys are neither null nor repeated.</summary>
    /// <param name="key">The type of the keys: any type but an array, a map or a struct.</param>
    /// <param name="value">The type of the values.</param>
    /// <exception cref="SchemaValidationException">The key type is an array, a map or a struct.</exception>
    public static DataType Map(DataType key, DataType value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        if (key.IsNested)
            throw new SchemaValidationException($"MAP<{key}, {value}>: a map's key cannot be of the nested type {key}.");
        return new DataType(DataTypeKind.Map) { Key = key, Element = value };
    }

    /// <summary>Named members, each of a type of its own.</summary>
    /// <param name="members">At least one member; names are unique without regard to case.</param>
    /// <exception cref="SchemaValidationException">There is no member, or a name is invalid or repeated.</exception>
    public static DataType Struct(params StructMember[] members)
    {
        ArgumentNullException.ThrowIfNull(members);
        if (members.Length == 0) throw new SchemaValidationException("STRUCT<>: a struct needs at least one member.");
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in members)
        {
            Identifier.Check(member.Name, "struct member");
            if (!seen.Add(member.Name))
                throw new SchemaValidationException($"The struct names its member '{member.Name}' twice; names are unique without regard to case.");
        }

        return new DataType(DataTypeKind.Struct) { Members = ValueList.Of(members) };
    }

    /// <summary>Named members, each of a type of its own, as pairs: <c>DataType.Struct(("lat", DataType.Double), ("lon", DataType.Double))</c>.</summary>
    /// <param name="members">At least one member; names are unique without regard to case.</param>
    /// <exception cref="SchemaValidationException">There is no member, or a name is invalid or repeated.</exception>
    public static DataType Struct(params (string Name, DataType Type)[] members)
    {
        ArgumentNullException.ThrowIfNull(members);
        return Struct([.. members.Select(member => new StructMember(member.Name, member.Type))]);
    }

    /// <summary>Reads a type from the text that <see cref="ToString"/> writes, in any case.</summary>
    /// <param name="text">Such as <c>BIGINT</c>, <c>DECIMAL(10,2)</c> or <c>MAP&lt;STRING, DOUBLE&gt;</c>.</param>
    /// <exception cref="SchemaValidationException">The text is no type.</exception>
    public static DataType Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new DataTypeParser(text).Parse();
    }

    /// <summary>Whether the type is an array, a map or a struct.</summary>
    public bool IsNested => Kind is DataTypeKind.Array or DataTypeKind.Map or DataTypeKind.Struct;

    /// <summary>Whether an entity key may have this type: Int, BigInt, String, Boolean, Date, Timestamp or Decimal.</summary>
    public bool CanBeKey => Kind is DataTypeKind.Int or DataTypeKind.BigInt or DataTypeKind.String or DataTypeKind.Boolean
        or DataTypeKind.Date or DataTypeKind.Timestamp or DataTypeKind.Decimal;

    /// <inheritdoc/>
    public bool Equals(DataType? other) =>
        other is not null && Kind == other.Kind && Precision == other.Precision && Scale == other.Scale
        && Equals(Element, other.Element) && Equals(Key, other.Key) && Members.Equals(other.Members);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DataType);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Precision, Scale, Element, Key, Members);

    /// <summary>Whether two types are equal.</summary>
    /// <param name="left">One type.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(DataType? left, DataType? right) => Equals(left, right);

    /// <summary>Whether two types differ.</summary>
    /// <param name="left">One type.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(DataType? left, DataType? right) => !Equals(left, right);

    /// <summary>The type's name, in upper case with its parameters: <c>ARRAY&lt;DECIMAL(10,2)&gt;</c>.</summary>
    public override string ToString() => Kind switch
    {
        DataTypeKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"DECIMAL({Precision},{Scale})"),
        DataTypeKind.Array => $"ARRAY<{Element}>",
        DataTypeKind.Map => $"MAP<{Key}, {Element}>",
        DataTypeKind.Struct => $"STRUCT<{string.Join(", ", Members.Select(member => $"{member.Name}: {member.Type}"))}>",
        _ => Kind.ToString().ToUpperInvariant(),
    };
}
