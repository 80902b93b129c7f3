namespace Tauro.FeatureStore.Tests;

/// <summary>The samples of the original's documentation, and what a definition is checked for.</summary>
public sealed class DefinitionTests : ShopFixture
{
    [Fact]
    public async Task The_sample_of_ages_and_purchases_answers()
    {
        await RegisterAsync(new FeatureSchema("age", DataType.Int), new FeatureSchema("purchase_count", DataType.BigInt));
        await Store.DefineVirtualFeaturesAsync("user_features", new Dictionary<string, string>
        {
            ["age"] = "SELECT user_id, (YEAR(CURRENT_DATE) - YEAR(birth_date)) AS age FROM silver.users",
            ["purchase_count"] = "SELECT user_id, COUNT(*) AS purchase_count FROM silver.purchases GROUP BY user_id",
        }, Cancel);

        using var answer = await LatestAsync("age", "purchase_count");

        var year = DateTime.UtcNow.Year;
        Assert.Equal(["user_id", "age", "purchase_count"], answer.ColumnNames);
        Assert.Equal([year - 2001, year - 1990, null, year - 1990], answer.GetColumn<int?>("age"));
        Assert.Equal([1L, 2L, null, 2L], answer.GetColumn<long?>("purchase_count"));
    }

    [Fact]
    public async Task The_sample_of_daily_spending_answers_as_it_is_written()
    {
        await Store.RegisterFeaturesAsync(new FeatureGroupSchema("customer_features")
        {
            EntityKeys = [new EntityKey("customer_id", DataType.BigInt)],
            TimestampKey = "event_time",
            Features = [new FeatureSchema("daily_spending", DataType.Decimal(12, 2))],
        }, Cancel);
        const string Sample = "SELECT customer_id, SUM(amount) AS daily_spending FROM silver.transactions WHERE DATE(transaction_date) = CURRENT_DATE() GROUP BY customer_id";
        await Store.DefineVirtualFeaturesAsync("customer_features", new Dictionary<string, string> { ["daily_spending"] = Sample }, Cancel);

        using var answer = await Store.GetFeaturesAsync(["daily_spending"], Table(("customer_id", new long[] { 1, 2 })), cancellationToken: Cancel);

        Assert.Equal([3.75m, null], answer.GetColumn<decimal?>("daily_spending"));
    }

    [Fact]
    public async Task A_definition_is_kept_with_its_lineage_and_found_by_another_store()
    {
        await RegisterAsync(new FeatureSchema("age", DataType.Int));
        await Store.DefineVirtualFeaturesAsync("user_features", [new VirtualFeatureDefinition(
            "SELECT user_id, CAST($limit AS INT) AS age FROM silver.users WHERE birth_date < $born", "age")
        {
            Parameters = new Dictionary<string, object?> { ["limit"] = 7, ["born"] = new DateOnly(2000, 1, 1) },
        }], Cancel);

        await using var other = new VirtualizedFeatureStore(new FeatureStoreContext(Context.FeatureStorePath), Executor);
        using var answer = await other.GetFeaturesAsync(["user_features.age"], Table(("user_id", new long[] { 1, 2 })), cancellationToken: Cancel);

        Assert.Equal([7, null], answer.GetColumn<int?>("age"));
        Assert.Equal(Store.Metadata.GetVirtualDefinitions("user_features"), other.Metadata.GetVirtualDefinitions("user_features"));
        Assert.Equal(["silver.users"], await Executor.FindTablesAsync("SELECT * FROM silver.users", Cancel));
        Assert.Equal(["silver.users"], other.Metadata.GetVirtualDefinitions("user_features")[0].Sources);
    }

    [Fact]
    public async Task A_fault_is_where_it_stands_in_the_text_of_the_definition()
    {
        await RegisterAsync(new FeatureSchema("age", DataType.Int), new FeatureSchema("name", DataType.String));
        var refused = Assert.Throws<SchemaValidationException>(() => new VirtualFeatureDefinition("SELECT user_id,\n  'age FROM silver.users", "age"));
        var unknown = await Assert.ThrowsAsync<VirtualizationQueryException>(() => Store.DefineVirtualFeaturesAsync(
            "user_features", [new VirtualFeatureDefinition("-- é\nSELECT user_id,\n  agee AS age\nFROM silver.users;", "age")], Cancel));
        await Store.DefineVirtualFeaturesAsync("user_features", [
            new VirtualFeatureDefinition("SELECT user_id, 7 AS age FROM silver.users", "age"),
            new VirtualFeatureDefinition("SELECT user_id, 'é' AS e,\n  CAST(CAST('x' || user_id AS INT) AS VARCHAR) AS name FROM silver.users;", "name")], Cancel);
        var converted = await Assert.ThrowsAsync<VirtualizationQueryException>(() => LatestAsync("age", "name"));

        Assert.Equal(new SqlPosition(2, 3), refused.Position);
        Assert.Equal(new SqlPosition(3, 3), unknown.Position);
        Assert.Equal(new SqlPosition(2, 8), converted.Position);
    }

    [Theory]
    [InlineData("SELECT region AS age FROM silver.users", "does not return the entity key 'user_id'")]
    [InlineData("SELECT user_id, region AS age FROM silver.users", "the feature 'age' is INT, and the query returns STRING")]
    [InlineData("SELECT user_id FROM silver.users", "does not return the feature 'age'")]
    [InlineData("SELECT user_id, 1 AS age, 2 AS age FROM silver.users", "the column 'age' twice")]
    [InlineData("SELECT user_id, 1.5 AS age FROM silver.users", "the feature 'age' is INT, and the query returns DECIMAL(2,1)")]
    public async Task A_definition_that_does_not_fit_says_what_is_missing(string sql, string message)
    {
        await RegisterAsync(new FeatureSchema("age", DataType.Int));

        var error = await Assert.ThrowsAnyAsync<FeatureStoreException>(() => DefineAsync("age", sql));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(Store.Metadata.GetVirtualDefinitions("user_features"));
    }

    [Fact]
    public async Task A_feature_that_the_schema_lacks_is_named_with_the_line_to_add()
    {
        await RegisterAsync(new FeatureSchema("age", DataType.Int));

        var error = await Assert.ThrowsAsync<SchemaValidationException>(() => DefineAsync("spent", "SELECT user_id, sum(amount) AS spent FROM silver.purchases GROUP BY ALL"));

        Assert.Contains("new FeatureSchema(\"spent\", DataType.Decimal(28, 2))", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sums_wider_than_declared_are_checked_value_by_value()
    {
        await RegisterAsync(new FeatureSchema("few", DataType.Int), new FeatureSchema("spent", DataType.Decimal(4, 1)));
        await DefineAsync("few", "SELECT user_id, sum(user_id) * 2 AS few FROM silver.purchases GROUP BY ALL");
        await DefineAsync("spent", "SELECT user_id, sum(amount) AS spent FROM silver.purchases GROUP BY ALL");

        using var few = await LatestAsync("few");
        var rounded = await Assert.ThrowsAsync<VirtualizationQueryException>(() => LatestAsync("spent"));

        Assert.Equal([4, 4, null, 4], few.GetColumn<int?>("few"));
        Assert.Contains("The column 'spent' holds a value that does not fit into DECIMAL(4,1)", rounded.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("3.75", rounded.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writing_is_refused()
    {
        await RegisterAsync(new FeatureSchema("age", DataType.Int));
        var error = await Assert.ThrowsAsync<FeatureMaterializationException>(() => Store.WriteFeaturesAsync("user_features", Table(("user_id", new long[] { 1 })), cancellationToken: Cancel));
        Assert.Contains("cannot be written", error.Message, StringComparison.Ordinal);
    }
}
