using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tauro.FeatureStore.Tests;

public sealed class RegistryFilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("tauro-registry-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(_root, FileRegistryLog.Folder);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_hundred_racing_writers_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(async () =>
        {
            using var registry = await FeatureStoreMetadata.OpenAsync(_root, Token);
            await registry.RegisterFeatureGroupAsync(Group(i), Token);
        }, Token)));
        using var all = await FeatureStoreMetadata.OpenAsync(_root, Token);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => Group(i).Name), all.ListFeatureGroups());
    }

    public static TheoryData<string, string> Broken => new()
    {
        { "", "cannot be read" },
        { "{\"format\":1,\"time\":\"2026-01-01T00:00:00+00:00\",\"by\":\"x\",\"registerGr", "cannot be read" },
        { "{\"format\":2,\"time\":\"2026-01-01T00:00:00+00:00\",\"by\":\"x\",\"registerGroup\":{}}", "format 2" },
        { "{\"format\":1,\"time\":\"2026-01-01T00:00:00+00:00\",\"by\":\"x\",\"somethingNew\":{}}", "newer version" },
        { "{\"format\":1,\"time\":\"2026-01-01T00:00:00+00:00\",\"by\":\"x\",\"registerGroup\":{\"name\":\"../x\"}}", "cannot be read" },
        { "[1]", "cannot be read" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_commit_that_is_corrupt_or_of_a_newer_format_is_named_and_never_overwritten(string content, string says)
    {
        using var before = await FillAsync(3);
        var broken = Path.Combine(Folder, Name(3));
        await File.WriteAllTextAsync(broken, content, Token);

        var error = await Assert.ThrowsAsync<MetadataException>(() => FeatureStoreMetadata.OpenAsync(_root, Token));
        Assert.Contains(Name(3), error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<MetadataException>(() => before.RegisterFeatureGroupAsync(Group(9), Token));
        Assert.Equal(content, await File.ReadAllTextAsync(broken, Token));
        Assert.Equal(4, Directory.GetFiles(Folder).Length);
        Assert.Equal(3, before.ListFeatureGroups().Count);
    }

    [Fact]
    public async Task A_commit_that_is_missing_between_others_is_named_and_not_made_anew()
    {
        using var behind = await FillAsync(2);
        (await FillAsync(5)).Dispose();
        File.Delete(Path.Combine(Folder, Name(2)));
        var error = await Assert.ThrowsAsync<MetadataException>(() => FeatureStoreMetadata.OpenAsync(_root, Token));
        Assert.Contains(Name(2), error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<MetadataException>(() => behind.RegisterFeatureGroupAsync(Group(9), Token));
        Assert.False(File.Exists(Path.Combine(Folder, Name(2))));
    }

    [Fact]
    public async Task A_long_log_has_a_checkpoint_that_says_the_same()
    {
        using var writer = await FillAsync(230);
        Assert.Equal(["00000000000000000200.checkpoint"], Directory.GetFiles(Folder, "*.checkpoint").Select(path => Path.GetFileName(path)));
        using var opened = await FeatureStoreMetadata.OpenAsync(_root, Token);
        Assert.Equal(writer.ListFeatureGroups(), opened.ListFeatureGroups());
        Assert.Equal(writer.GetHistory(), opened.GetHistory());
        var checkpoint = RegistryCheckpoint.TryRead(await File.ReadAllBytesAsync(Path.Combine(Folder, RegistryCheckpoint.NameOf(200)), Token), 200);
        for (var i = 0; i < 200; i++) Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Folder, Name(i)), Token), checkpoint!.Commits[i].ToArray());
    }

    [Fact]
    public async Task A_checkpoint_that_does_not_hold_together_is_passed_over_and_never_overwritten()
    {
        using var writer = await FillAsync(100);
        var path = Path.Combine(Folder, RegistryCheckpoint.NameOf(100));
        var whole = await File.ReadAllBytesAsync(path, Token);
        byte[] flipped = [.. whole];
        flipped[whole.Length / 2] ^= 1;
        foreach (var content in (byte[][])[[], flipped, whole[..(whole.Length / 2)], "{\"format\":99}\n"u8.ToArray(), "null\n"u8.ToArray()])
        {
            await File.WriteAllBytesAsync(path, content, Token);
            using var opened = await FeatureStoreMetadata.OpenAsync(_root, Token);
            Assert.Equal(writer.GetHistory(), opened.GetHistory());
            Assert.Equal(content, await File.ReadAllBytesAsync(path, Token));
        }

        // The next checkpoint is made from the commits.
        await RegisterAsync(writer, 100, 200);
        using var later = await FeatureStoreMetadata.OpenAsync(_root, Token);
        Assert.Equal(200, later.ListFeatureGroups().Count);
        Assert.NotNull(RegistryCheckpoint.TryRead(await File.ReadAllBytesAsync(Path.Combine(Folder, RegistryCheckpoint.NameOf(200)), Token), 200));
    }

    [Fact]
    public async Task A_checkpoint_of_another_log_is_passed_over()
    {
        using var writer = await FillAsync(100);
        var other = Directory.CreateTempSubdirectory("tauro-registry-");
        try
        {
            using var elsewhere = await FeatureStoreMetadata.OpenAsync(other.FullName, Token);
            await RegisterAsync(elsewhere, 500, 600);
            File.Copy(Path.Combine(other.FullName, FileRegistryLog.Folder, RegistryCheckpoint.NameOf(100)), Path.Combine(Folder, RegistryCheckpoint.NameOf(100)), overwrite: true);
        }
        finally
        {
            other.Delete(recursive: true);
        }

        using var opened = await FeatureStoreMetadata.OpenAsync(_root, Token);
        Assert.Equal(writer.ListFeatureGroups(), opened.ListFeatureGroups());
    }

    [Fact]
    public async Task A_commit_lost_from_under_a_checkpoint_is_an_error_where_it_is_the_last()
    {
        (await FillAsync(101)).Dispose();
        File.Delete(Path.Combine(Folder, Name(99)));
        await Assert.ThrowsAsync<MetadataException>(() => FeatureStoreMetadata.OpenAsync(_root, Token));
    }

    [Fact]
    public async Task A_change_of_several_groups_is_one_commit()
    {
        using (var registry = await FeatureStoreMetadata.OpenAsync(_root, Token)) await registry.ApplyAsync(await registry.PlanAsync([Group(1), Group(2), Group(1) with { Version = 2 }], Token), Token);
        Assert.Single(Directory.GetFiles(Folder));
        using var again = await FeatureStoreMetadata.OpenAsync(_root, Token);
        Assert.Equal([1, 2], again.ListVersions(Group(1).Name));
        Assert.Equal([1], again.ListVersions(Group(2).Name));
    }

    private async Task<FeatureStoreMetadata> FillAsync(int groups)
    {
        var registry = new FeatureStoreMetadata(new FileRegistryLog(new LocalFileStorage(_root)), TimeProvider.System, NullLogger.Instance, "tester");
        await registry.RefreshAsync(Token);
        await RegisterAsync(registry, registry.ListFeatureGroups().Count, groups);
        return registry;
    }

    private static async Task RegisterAsync(FeatureStoreMetadata registry, int from, int to)
    {
        for (var i = from; i < to; i++) await registry.RegisterFeatureGroupAsync(Group(i), Token);
    }

    private static FeatureGroupSchema Group(int i) => new(string.Create(CultureInfo.InvariantCulture, $"g{i:d4}")) { IsStatic = true, EntityKeys = ["k"], Features = [new FeatureSchema("f", DataType.Int)] };

    private static string Name(int commit) => string.Create(CultureInfo.InvariantCulture, $"{commit:d20}.json");
}
