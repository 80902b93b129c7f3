using System.Reflection;
using PublicApiGenerator;

namespace Tauro.FeatureStore.Documentation.Tests;

/// <summary>
/// The public face of each package is a reviewed text. A change of it fails here until the text is changed too: run the tests with <c>TAURO_REWRITE_API=1</c> and
/// look at the difference.
/// </summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Packages =>
    [
        "Tauro.FeatureStore", "Tauro.FeatureStore.Materialized", "Tauro.FeatureStore.Virtualized", "Tauro.FeatureStore.DuckDB", "Tauro.FeatureStore.Spark", "Tauro.FeatureStore.Hosting",
        "Tauro.FeatureStore.Testing",
    ];

    [Theory]
    [MemberData(nameof(Packages))]
    public void The_public_face_is_the_approved_one(string package)
    {
        var face = Assembly.Load(package).GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n") + "\n";
        var file = Repository.PathOf("tests", "Tauro.FeatureStore.Documentation.Tests", "PublicApi", $"{package}.txt");
        if (Environment.GetEnvironmentVariable("TAURO_REWRITE_API") == "1") File.WriteAllText(file, face);
        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n"), face);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Async_methods_end_in_async_and_take_a_token(string package)
    {
        var broken = Methods(package).Where(method => ReturnsTask(method.ReturnType) && method.Name != "DisposeAsyncCore" && method.Name != "DisposeAsync"
            && (!method.Name.EndsWith("Async", StringComparison.Ordinal) || method.GetParameters().LastOrDefault()?.ParameterType != typeof(CancellationToken)));
        Assert.Empty(broken.Select(method => $"{method.DeclaringType!.Name}.{method.Name}"));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Classes_are_sealed_static_or_made_to_be_derived(string package)
    {
        string[] open = [nameof(FeatureStoreException), nameof(SchemaValidationException), nameof(FeatureMaterializationException), nameof(VirtualizationQueryException),
            nameof(MetadataException), nameof(FeatureRegistryException)];
        var broken = Assembly.Load(package).GetExportedTypes().Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && !open.Contains(type.Name));
        Assert.Empty(broken.Select(type => type.Name));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void No_type_of_an_engine_or_a_file_format_is_public(string package)
    {
        var foreign = Methods(package)
            .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType))
            .SelectMany(type => type.IsGenericType ? type.GetGenericArguments().Append(type) : [type])
            .Where(type => type.Namespace is { } space && (space.StartsWith("DuckDB", StringComparison.Ordinal) || space.StartsWith("Parquet", StringComparison.Ordinal)
                || space.StartsWith("Grpc", StringComparison.Ordinal) || space.StartsWith("Google", StringComparison.Ordinal)));
        Assert.Empty(foreign);
    }

    private static IEnumerable<MethodInfo> Methods(string package) => Assembly.Load(package).GetExportedTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly));

    private static bool ReturnsTask(Type type) =>
        type == typeof(Task) || type == typeof(ValueTask) || (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>)));
}
