using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Tauro.FeatureStore;

/// <summary>
/// The first commits of the registry's log in one file, so that a long log opens quickly: a line that says how many they are and what they hash to, then each commit as
/// a line. The commits stay the truth: a checkpoint that does not hold together is passed over.
/// </summary>
internal sealed class RegistryCheckpoint
{
    private const string Extension = ".checkpoint";
    private const byte LineEnd = (byte)'\n';

    private readonly byte[] _content;
    private readonly List<ReadOnlyMemory<byte>> _lines;

    private RegistryCheckpoint(byte[] content, List<ReadOnlyMemory<byte>> lines) => (_content, _lines) = (content, lines);

    public byte[] Content => _content;

    /// <summary>The commits, each as the bytes of its file.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Commits => _lines;

    /// <summary>Whether a checkpoint is due after so many commits: often enough that few files are left to read, seldom enough that all checkpoints cost little.</summary>
    public static bool IsDue(long commits) => commits % (commits < 5_000 ? 100 : 1_000) == 0;

    public static string NameOf(long commits) => string.Create(CultureInfo.InvariantCulture, $"{commits:d20}{Extension}");

    public static bool TryParseName(string name, out long commits)
    {
        commits = 0;
        return name.EndsWith(Extension, StringComparison.Ordinal) && long.TryParse(name.AsSpan(0, name.Length - Extension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out commits);
    }

    public static RegistryCheckpoint Of(IReadOnlyList<ReadOnlyMemory<byte>> commits)
    {
        using var stream = new MemoryStream();
        foreach (var commit in commits)
        {
            stream.Write(ToLine(commit).Span);
            stream.WriteByte(LineEnd);
        }

        var body = stream.ToArray();
        byte[] header = JsonSerializer.SerializeToUtf8Bytes(new { format = RegistryCommit.Format, commits = commits.Count, sha256 = Convert.ToHexString(SHA256.HashData(body)) });
        return new RegistryCheckpoint([.. header, LineEnd, .. body], [.. commits]);
    }

    /// <summary>The checkpoint in a file's content, or null where that is not a whole one of that many commits.</summary>
    public static RegistryCheckpoint? TryRead(byte[] content, long commits)
    {
        var end = content.AsSpan().IndexOf(LineEnd);
        if (end < 0) return null;
        var body = content.AsMemory(end + 1);
        try
        {
            using var header = JsonDocument.Parse(content.AsMemory(0, end));
            var json = header.RootElement;
            if (json.GetProperty("format").GetInt32() != RegistryCommit.Format || json.GetProperty("commits").GetInt64() != commits
                || json.GetProperty("sha256").GetString() != Convert.ToHexString(SHA256.HashData(body.Span)))
                return null;
        }
        catch (Exception broken) when (RegistryCommit.IsUnreadable(broken))
        {
            return null;
        }

        var lines = new List<ReadOnlyMemory<byte>>();
        while (body.Length > 0)
        {
            var length = body.Span.IndexOf(LineEnd);
            lines.Add(body[..length]);
            body = body[(length + 1)..];
        }

        return lines.Count == commits ? new RegistryCheckpoint(content, lines) : null;
    }

    /// <summary>A commit on one line. A line break in JSON stands only between its tokens.</summary>
    public static ReadOnlyMemory<byte> ToLine(ReadOnlyMemory<byte> commit)
    {
        if (commit.Span.IndexOfAny(LineEnd, (byte)'\r') < 0) return commit;
        var line = commit.ToArray();
        line.AsSpan().Replace(LineEnd, (byte)' ');
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        return line;
    }
}
