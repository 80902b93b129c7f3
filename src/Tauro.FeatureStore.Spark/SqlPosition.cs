namespace Tauro.FeatureStore;

/// <summary>A place in a caller's SQL; lines and columns are counted from one.</summary>
internal sealed record SqlPosition(int Line, int Column)
{
    public static SqlPosition Of(string sql, int place) => new(sql.AsSpan(0, place).Count('\n') + 1, place - (place == 0 ? -1 : sql.LastIndexOf('\n', place - 1)));
}
