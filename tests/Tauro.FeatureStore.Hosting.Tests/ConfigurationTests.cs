using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Tauro.FeatureStore.Tests;

public sealed class ConfigurationTests : HostingFixture
{
    public static TheoryData<string, string, string, string, string> KeyStyles => new()
    {
        { "feature_store_path", "materialized:cache_enabled", "materialized:cache_size_mb", "duckdb:memory_limit", "duckdb:query_timeout_seconds" },
        { "FeatureStorePath", "Materialized:CacheEnabled", "Materialized:CacheSizeMb", "DuckDB:MemoryLimit", "DuckDB:QueryTimeoutSeconds" },
    };

    [Theory]
    [MemberData(nameof(KeyStyles))]
    public void Keys_are_read_in_both_styles(string path, string enabled, string size, string memory, string timeout)
    {
        var services = Provide(
            Settings((path, Folder), (enabled, "true"), (size, "64"), (memory, "1GB"), (timeout, "2.5")), store => store.UseMaterialized().UseDuckDB());

        Assert.Equal(new MaterializedOptions { CacheEnabled = true, CacheSizeMb = 64 }, Of<MaterializedOptions>(services));
        Assert.Equal(new DuckDBOptions { MemoryLimit = "1GB", QueryTimeout = TimeSpan.FromSeconds(2.5) }, Of<DuckDBOptions>(services));
        Assert.Equal(64, services.GetRequiredService<MaterializedFeatureStore>().CacheSizeMegabytes);
        Assert.Equal(Folder, services.GetRequiredService<IFeatureStoreContext>().FeatureStorePath);
    }

    [Fact]
    public void Lists_maps_times_and_sources_are_read()
    {
        var services = Provide(
            Settings(
                ("feature_store_path", Folder), ("gold_path", "/gold"), ("environment", "test"),
                ("duckdb:threads", "2"), ("duckdb:query_timeout", "00:01:00"), ("duckdb:allowed_paths:0", "/a"), ("duckdb:allowed_paths:1", "/b"),
                ("duckdb:sources:silver.users", "/silver/users/*.parquet"),
                ("spark:connection_string", "sc://host"), ("spark:configuration:spark.sql.shuffle.partitions", "8")),
            store => store.UseMaterialized().UseDuckDB().UseSpark());

        Assert.Equal(new FeatureStoreOptions { FeatureStorePath = Folder, GoldPath = "/gold", Environment = "test" }, Of<FeatureStoreOptions>(services));
        Assert.Equal(
            new DuckDBOptions
            {
                Threads = 2,
                QueryTimeout = TimeSpan.FromMinutes(1),
                AllowedPaths = ["/a", "/b"],
                Sources = new Dictionary<string, DuckDBSource> { ["silver.users"] = DuckDBSource.Parquet("/silver/users/*.parquet") },
            },
            Of<DuckDBOptions>(services));
        Assert.Equal(("sc://host", "8"), (Of<SparkOptions>(services).ConnectionString, Of<SparkOptions>(services).Configuration["spark.sql.shuffle.partitions"]));
    }

    [Fact]
    public void The_folder_of_the_tables_is_that_of_the_feature_store_where_only_it_is_named()
    {
        var services = Provide(Settings(("materialized:storage_path", Folder), ("materialized:storage_format", "parquet")), store => store.UseMaterialized());
        Assert.Equal(Folder, services.GetRequiredService<IFeatureStoreContext>().FeatureStorePath);
    }

    [Fact]
    public void Options_in_code_take_the_place_of_the_section()
    {
        var services = Provide(Settings(("feature_store_path", Folder), ("materialized:cache_enabled", "true")), store => store.UseMaterialized(new() { CacheSizeMb = 7 }));
        Assert.Equal(new MaterializedOptions { CacheSizeMb = 7 }, Of<MaterializedOptions>(services));
    }

    [Theory]
    [InlineData("materialized:cache_size", "1", "'cache_size' in materialized is not known. Known are: storage_path, storage_format, cache_enabled, cache_size_mb, executor_type.")]
    [InlineData("materialised:cache_size_mb", "1", "'materialised' in the configuration is not known. Known are: feature_store_path, gold_path, environment, materialized, duckdb.")]
    [InlineData("materialized:cache_size_mb", "many", "'cache_size_mb' in materialized is not a whole number.")]
    [InlineData("materialized:cache_enabled", "maybe", "'cache_enabled' in materialized is not true or false.")]
    [InlineData("duckdb:query_timeout_seconds", "soon", "'query_timeout_seconds' in duckdb is not a number.")]
    [InlineData("duckdb:query_timeout", "soon", "'query_timeout' in duckdb is not a time such as 00:05:00.")]
    [InlineData("duckdb:threads:0", "1", "'threads' in duckdb is not a single value.")]
    public async Task What_is_wrong_shows_when_the_application_starts(string key, string value, string expected)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTauroFeatureStore(Settings(("feature_store_path", Folder), (key, value)), store => store.UseMaterialized().UseDuckDB());
        using var host = builder.Build();

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancel));

        Assert.Equal([expected], refused.Failures);
    }

    [Fact]
    public void Values_that_an_option_refuses_are_named_by_their_key_and_all_faults_are_told_at_once()
    {
        var services = Provide(
            Settings(("feature_store_path", Folder), ("materialized:cache_size_mb", "0"), ("materialized:storage_format", "orc"), ("materialized:StorageFormat", "orc")),
            store => store.UseMaterialized());

        var failures = Assert.Throws<OptionsValidationException>(() => Of<MaterializedOptions>(services)).Failures.ToArray();

        Assert.Equal(3, failures.Length);
        Assert.Contains(failures, failure => failure.StartsWith("'cache_size_mb' in materialized is refused", StringComparison.Ordinal));
        Assert.Contains(failures, failure => failure.Contains("There is no storage format 'orc'", StringComparison.Ordinal));
        Assert.Contains(failures, failure => failure.Contains("says the same as", StringComparison.Ordinal));
    }

    [Fact]
    public void A_token_is_never_part_of_an_error()
    {
        var services = Provide(Settings(("feature_store_path", Folder), ("spark:token:0", "secret"), ("spark:tokens", "secret")), store => store.UseMaterialized().UseSpark());
        Assert.DoesNotContain("secret", Assert.Throws<OptionsValidationException>(() => Of<SparkOptions>(services)).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/*.parquet")]
    [InlineData("a.csv")]
    [InlineData("a.ndjson")]
    [InlineData("a.duckdb")]
    public void A_source_is_known_by_its_ending(string path) => Assert.NotNull(DuckDBSource.Parse(path));

    [Fact]
    public void A_source_with_another_ending_is_refused() => Assert.Contains(".parquet", Assert.Throws<FormatException>(() => DuckDBSource.Parse("a.txt")).Message, StringComparison.Ordinal);

    private static TOptions Of<TOptions>(IServiceProvider services) where TOptions : class => services.GetRequiredService<IOptions<TOptions>>().Value;
}
