namespace Tauro.FeatureStore.Tests;

public sealed class LocalFileStorageTests : IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"tauro-{Guid.NewGuid():n}");
    private readonly LocalFileStorage _storage;

    public LocalFileStorageTests() => _storage = new LocalFileStorage(_root);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(_root)) Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Of_many_creators_of_one_name_exactly_one_wins_and_its_content_stays()
    {
        for (var round = 0; round < 20; round++)
        {
            var path = $"log/{round}";
            var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => _storage.TryCreateAsync(path, new[] { (byte)i }, Token), Token)));
            var winner = Assert.Single(Enumerable.Range(0, 8), i => won[i]);
            Assert.Equal((byte)winner, Assert.Single((await _storage.ReadAsync(path, Token))!));
        }

        Assert.Equal(20, _storage.List("log").Count);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/etc")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("a\\b")]
    [InlineData("c:")]
    [InlineData("a\0b")]
    public void Paths_stay_under_the_root(string path) => Assert.Throws<FeatureStoreException>(() => _storage.FullPath(path));

    [Fact]
    public async Task What_is_not_there_reads_as_null_and_lists_as_nothing()
    {
        Assert.Null(await _storage.ReadAsync("no/such", Token));
        Assert.Empty(_storage.List("no"));
        Assert.Empty(_storage.ListFolders(""));
        Assert.Empty(_storage.ListAll("no"));
        _storage.Delete("no/such");
        _storage.DeleteFolder("no/such");
    }

    [Fact]
    public void Files_of_another_program_are_kept_listed_by_their_paths_and_deleted_with_their_folder()
    {
        Directory.CreateDirectory(Path.Combine(_root, "table", "theirs", "inner"));
        File.WriteAllText(Path.Combine(_root, "table", "theirs", "b"), "12");
        File.WriteAllText(Path.Combine(_root, "table", "theirs", "inner", "a"), "123");

        _storage.Keep("table/theirs/inner/a");

        Assert.Equal([("theirs/b", 2L), ("theirs/inner/a", 3L)], _storage.ListAll("table").Select(file => (file.Name, file.Size)));
        Assert.Throws<FileNotFoundException>(() => _storage.Keep("table/theirs/c"));
        _storage.DeleteFolder("table/theirs");
        Assert.Empty(_storage.ListAll("table"));
    }
}
