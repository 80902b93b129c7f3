using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;

namespace Tauro.FeatureStore.PackageCheck;

/// <summary>One package and its symbols.</summary>
internal sealed class Package
{
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    private readonly Dictionary<string, byte[]> _files;
    private readonly Dictionary<string, byte[]> _symbols;
    private readonly XElement _metadata;
    private readonly string _repository;

    public Package(string path, string repository)
    {
        _files = Read(path);
        _symbols = Path.ChangeExtension(path, ".snupkg") is var symbols && File.Exists(symbols) ? Read(symbols) : [];
        _repository = repository;
        var description = XDocument.Load(new MemoryStream(_files.Single(file => file.Key.EndsWith(".nuspec", StringComparison.Ordinal)).Value));
        _metadata = description.Root!.Elements().Single();
        Id = Value("id")!;
    }

    public string Id { get; }

    /// <summary>The package and what it depends on, on one line.</summary>
    public string Dependencies => $"{Id}: {string.Join(' ', _metadata.Descendants(_metadata.Name.Namespace + "dependency").Select(dependency => dependency.Attribute("id")!.Value).Order(StringComparer.Ordinal))}";

    public IEnumerable<string> Faults()
    {
        if (Value("license") != "MIT") yield return $"{Id} has no licence";
        if (Value("description") is not { Length: > 40 }) yield return $"{Id} has no description";
        if (Value("readme") is not { } readme || !_files.ContainsKey(readme)) yield return $"{Id} has no README";
        if (_metadata.Element(_metadata.Name.Namespace + "repository")?.Attribute("commit") is null) yield return $"{Id} does not say from which commit it was built";
        if (!_files.ContainsKey($"lib/net10.0/{Id}.xml")) yield return $"{Id} has no documentation";
        if (!_symbols.TryGetValue($"lib/net10.0/{Id}.pdb", out var symbols)) yield return $"{Id} has no symbols";
        else if (!LinksToSources(symbols)) yield return $"the symbols of {Id} do not link to {_repository}";
        if (!_files.TryGetValue($"lib/net10.0/{Id}.dll", out var assembly)) yield return $"{Id} has no assembly";
        else if (!IsDeterministic(assembly)) yield return $"{Id} was not built deterministically";
        foreach (var file in _files.Keys.Where(file => file.EndsWith(".dll", StringComparison.Ordinal) && file != $"lib/net10.0/{Id}.dll")) yield return $"{Id} holds {file}";
    }

    private static bool IsDeterministic(byte[] assembly)
    {
        using var reader = new PEReader(new MemoryStream(assembly));
        var entries = reader.ReadDebugDirectory();
        return entries.Any(entry => entry.Type == DebugDirectoryEntryType.Reproducible)
            && entries.Where(entry => entry.Type == DebugDirectoryEntryType.CodeView).All(entry => !Path.IsPathRooted(reader.ReadCodeViewDebugDirectoryData(entry).Path) || reader.ReadCodeViewDebugDirectoryData(entry).Path.StartsWith("/_", StringComparison.Ordinal));
    }

    private bool LinksToSources(byte[] symbols)
    {
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(symbols));
        var reader = provider.GetMetadataReader();
        return reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation)
            .Any(information => reader.GetGuid(information.Kind) == SourceLink && Encoding.UTF8.GetString(reader.GetBlobBytes(information.Value)).Contains(_repository, StringComparison.Ordinal));
    }

    private static Dictionary<string, byte[]> Read(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var entry in archive.Entries)
        {
            using var content = new MemoryStream();
            using (var stream = entry.Open()) stream.CopyTo(content);
            files[entry.FullName] = content.ToArray();
        }

        return files;
    }

    private string? Value(string name) => _metadata.Element(_metadata.Name.Namespace + name)?.Value;
}
