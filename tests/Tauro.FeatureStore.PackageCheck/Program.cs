using Tauro.FeatureStore.PackageCheck;

// Looks at the packages in a folder as nuget.org and a debugger would, and at what they depend on: .ci/packages calls it.
if (args is not [var folder, var repository])
{
    Console.Error.WriteLine("Usage: PackageCheck <folder of packages> <address under which a debugger finds the sources>");
    return 2;
}

var expected = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "dependencies.txt")).Where(line => line.Length > 0).ToArray();
var packages = Directory.EnumerateFiles(folder, "*.nupkg").Order(StringComparer.Ordinal).Select(file => new Package(file, repository)).ToArray();
var faults = packages.SelectMany(package => package.Faults()).ToList();
var found = packages.Select(package => package.Dependencies).ToArray();
faults.AddRange(found.Except(expected).Select(line => $"not in dependencies.txt: {line}"));
faults.AddRange(expected.Except(found).Select(line => $"only in dependencies.txt: {line}"));
foreach (var fault in faults) Console.Error.WriteLine(fault);
Console.WriteLine($"{packages.Length} packages, {faults.Count} faults");
return faults.Count == 0 && packages.Length > 0 ? 0 : 1;
