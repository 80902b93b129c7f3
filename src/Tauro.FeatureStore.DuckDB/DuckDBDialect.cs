using System.Globalization;

namespace Tauro.FeatureStore.Engines;

/// <summary>How DuckDB writes names, types, parameters and texts.</summary>
internal sealed class DuckDBDialect : SqlDialect
{
    private DuckDBDialect()
    {
    }

    public static DuckDBDialect Instance { get; } = new();

    public override string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public override string Parameter(string name) => $"${name}";

    public override string TypeName(DataType type) => type.Kind switch
    {
        DataTypeKind.Int => "INTEGER",
        DataTypeKind.BigInt => "BIGINT",
        DataTypeKind.Float => "FLOAT",
        DataTypeKind.Double => "DOUBLE",
        DataTypeKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"DECIMAL({type.Precision}, {type.Scale})"),
        DataTypeKind.String => "VARCHAR",
        DataTypeKind.Boolean => "BOOLEAN",
        DataTypeKind.Timestamp => "TIMESTAMP WITH TIME ZONE",
        DataTypeKind.Date => "DATE",
        DataTypeKind.Array => $"{TypeName(type.Element!)}[]",
        DataTypeKind.Map => $"MAP({TypeName(type.Key!)}, {TypeName(type.Element!)})",
        DataTypeKind.Struct => $"STRUCT({string.Join(", ", type.Members.Select(member => $"{Identifier(member.Name)} {TypeName(member.Type)}"))})",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <inheritdoc/>
    /// <remarks>DuckDB knows no escapes between single quotes but the doubled quote. A NUL would end the statement early.</remarks>
    public override string TextLiteral(string text) => text.Contains('\0', StringComparison.Ordinal)
        ? throw new ArgumentException("A text literal cannot hold a NUL character.", nameof(text))
        : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A path as <c>read_parquet</c> takes it: the characters of patterns mean themselves.</summary>
    public static string LiteralPath(string path) => path.AsSpan().ContainsAny('*', '?', '[')
        ? path.Replace("[", "[[]", StringComparison.Ordinal).Replace("*", "[*]", StringComparison.Ordinal).Replace("?", "[?]", StringComparison.Ordinal)
        : path;
}
