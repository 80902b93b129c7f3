namespace Tauro.FeatureStore.Tests;

public sealed class LocalFileStorageListTests
{
    [Fact]
    public async Task A_listing_bears_files_that_come_and_go_meanwhile()
    {
        var root = Directory.CreateTempSubdirectory("tauro-list-").FullName;
        try
        {
            var storage = new LocalFileStorage(root);
            await storage.ReplaceAsync("stays", "content"u8.ToArray(), TestContext.Current.CancellationToken);
            using var done = new CancellationTokenSource();
            var churn = Task.Run(() =>
            {
                for (var i = 0; !done.IsCancellationRequested; i++)
                {
                    File.WriteAllText(Path.Combine(root, $".{i}.tmp"), "");
                    File.Delete(Path.Combine(root, $".{i}.tmp"));
                }
            }, TestContext.Current.CancellationToken);

            for (var i = 0; i < 5_000; i++) Assert.Equal(7, Assert.Single(storage.List(""), file => file.Name == "stays").Size);
            await done.CancelAsync();
            await churn;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
