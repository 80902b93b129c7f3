namespace Tauro.FeatureStore.Tests;

/// <summary>No error of a read shows the value of a definition's parameter, whatever kind the definition is, however it is read, alone or with others.</summary>
public sealed class LeakTests : ShopFixture
{
    [Theory]
    [InlineData("current")]
    [InlineData("static")]
    [InlineData("timed")]
    [InlineData("as-of")]
    public async Task Values_of_parameters_stand_in_no_error(string kind)
    {
        object[] secrets = ["s3cret value", 4711.50m, new DateOnly(1987, 6, 5), new DateTimeOffset(1987, 6, 5, 4, 3, 2, TimeSpan.Zero), 4.711e15, 4711L];
        await RegisterAsync(new FeatureSchema("age", DataType.BigInt), new FeatureSchema("size", DataType.BigInt));
        foreach (var secret in secrets)
        {
            await Store.DefineVirtualFeaturesAsync("user_features", [Definition(kind, "age", secret), Definition(kind, "size", secret)], Cancel);
            var failed = 0;
            foreach (var names in (FeatureReference[][])[["user_features.age"], ["user_features.age", "user_features.size"]])
                failed += await FailAsync(() => LatestAsync(names)) + await FailAsync(() => Store.GetFeaturesAsync(names, cancellationToken: Cancel))
                    + await FailAsync(() => Store.GetFeaturesAsync(names, Table(("user_id", new long[] { 1 })), At(9), cancellationToken: Cancel))
                    + await FailAsync(() => Store.GetTrainingSetAsync(names, Table(("user_id", new long[] { 1, 2 }), ("event_time", new[] { At(7), At(9) })), cancellationToken: Cancel))
                    + await FailAsync(() => Store.GetFeaturesAsync(names, new TimeRange(At(1), At(9)), Cancel));
            Assert.InRange(failed, 4, 10);
        }
    }

    private static VirtualFeatureDefinition Definition(string kind, string feature, object secret)
    {
        var time = kind == "timed" ? ", bought_at AS event_time" : "";
        var filter = kind == "as-of" ? " WHERE bought_at < $as_of" : "";
        return new VirtualFeatureDefinition($"SELECT DISTINCT user_id{time}, CAST(CAST($secret AS VARCHAR) || '~' || user_id AS BIGINT) AS {feature} FROM silver.purchases{filter}", feature)
        {
            IsStatic = kind == "static",
            Parameters = new Dictionary<string, object?> { ["secret"] = secret },
        };
    }

    private static async Task<int> FailAsync(Func<Task<FeatureTable>> read)
    {
        var error = await Assert.ThrowsAnyAsync<FeatureStoreException>(async () => (await read()).Dispose());
        foreach (var trace in (string[])["s3cret", "4711", "1987", "4.711"]) Assert.DoesNotContain(trace, error.ToString(), StringComparison.OrdinalIgnoreCase);
        return error is VirtualizationQueryException && error.Message.Contains("Conversion Error", StringComparison.Ordinal) ? 1 : 0;
    }
}
