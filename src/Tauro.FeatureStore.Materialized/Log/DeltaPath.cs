namespace Tauro.FeatureStore.Materialized;

/// <summary>Paths of data files as a log holds them: relative to the table's folder, each segment percent-encoded.</summary>
internal static class DeltaPath
{
    public static string Encode(string path) => string.Join('/', Check(path).Split('/').Select(Uri.EscapeDataString));

    public static string Decode(string encoded) => Check(Uri.UnescapeDataString(encoded));

    /// <summary>A log is data, and may be hostile: a path that names anything outside the table's folder is refused after decoding, never resolved.</summary>
    private static string Check(string path)
    {
        if (path.Length == 0) throw new FormatException("the path of a data file is empty");
        if (path[0] is '/' or '\\' || path.Contains(':', StringComparison.Ordinal))
            throw new FormatException($"the data file '{path}' is outside the table's folder (a shallow clone, perhaps); only paths relative to it are read");
        foreach (var part in path.Split('/'))
            if (part.Length == 0 || part is "." or ".." || part.AsSpan().ContainsAny('\\', '\0'))
                throw new FormatException($"the path '{path.Replace('\0', '?')}' of a data file is not a plain path within the table's folder");
        return path;
    }
}
