using System.Globalization;

namespace Tauro.FeatureStore.Engines.Spark;

/// <summary>
/// Spark's names, types and values in SQL. Values are typed literals: a server with a parser extension, such as Delta's on Spark 4.1, loses bound parameters.
/// </summary>
internal sealed class SparkDialect : SqlDialect
{
    private SparkDialect()
    {
    }

    public static SparkDialect Instance { get; } = new();

    public override string Identifier(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";
    }

    /// <summary>The place of a parameter in a text of the caller's; <see cref="SparkSqlText"/> puts the literal there.</summary>
    public override string Parameter(string name) => $"${name}";

    public override string TypeName(DataType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type.Kind switch
        {
            DataTypeKind.Int => "INT",
            DataTypeKind.BigInt => "BIGINT",
            DataTypeKind.Float => "FLOAT",
            DataTypeKind.Double => "DOUBLE",
            DataTypeKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"DECIMAL({type.Precision},{type.Scale})"),
            DataTypeKind.String => "STRING",
            DataTypeKind.Boolean => "BOOLEAN",
            // TIMESTAMP alone means what a setting of the session says.
            DataTypeKind.Timestamp => "TIMESTAMP_LTZ",
            DataTypeKind.Date => "DATE",
            DataTypeKind.Array => $"ARRAY<{TypeName(type.Element!)}>",
            DataTypeKind.Map => $"MAP<{TypeName(type.Key!)}, {TypeName(type.Element!)}>",
            DataTypeKind.Struct => $"STRUCT<{string.Join(", ", type.Members.Select(member => $"{Identifier(member.Name)}: {TypeName(member.Type)}"))}>",
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
    }

    public override string TextLiteral(string text) => SparkLiteral.Text(text);
}
