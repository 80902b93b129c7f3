namespace Tauro.FeatureStore.DuckDB.Tests;

public sealed class EntitiesAndRangeTests : IAsyncDisposable
{
    private readonly DuckDBQueryExecutor _executor = new();
    private readonly Facts _facts = new();

    public async ValueTask DisposeAsync()
    {
        await _executor.DisposeAsync();
        _facts.Dispose();
    }

    public static TheoryData<bool> Sources => [true, false];

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task Entities_are_those_with_a_row_that_counts(bool parquet)
    {
        Fact[] facts = [new(1, 1, 0, 9), new(2, 1, 1, 1), new(3, 2, 3, 3), new(4, 3, 5, 5), new(5, null, 0, 0), new(6, 4, null, 0)];
        foreach (var rule in (VisibilityRule[])[Reads.Any, new(2, null, true, false), new(0, 2, true, false), new(0, null, false, false), new(0, null, true, true)])
        foreach (var timed in (bool[])[true, false])
        {
            var applied = timed ? rule : Reads.Any with { KnownAsOf = rule.KnownAsOf };
            var rows = new SourceRows(parquet ? _facts.Files(facts) : _facts.Table(facts), timed ? Reads.Happened : null, Reads.Learned);
            using var answer = await _executor.AnswerAsync(new EntitiesPlan { Rows = rows, Keys = [new(Reads.Key, "entity")], Moment = Facts.Micros(3), Visibility = applied });
            var expected = facts.Select(fact => fact.Key).Where(key => key is not null).Distinct()
                .Where(key => PlanOracle.Answer(facts, new Wanted(key, 3), applied, timed, created: true, keyed: true) is not null);
            Assert.Equal(expected.Order(), answer.GetColumn<long?>("entity").Order());
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task A_range_is_ordered_by_key_and_then_by_the_order_of_its_rows(bool parquet)
    {
        var random = new Random(7);
        Fact[] facts = [.. Enumerable.Range(0, 5000).Select(i => new Fact(i, random.Next(5), random.Next(10), random.Next(3), i / 2500))];
        foreach (var created in (bool[])[true, false])
        {
            var rows = new SourceRows(parquet ? _facts.Files(facts) : _facts.Table(facts), Reads.Happened, created ? Reads.Learned : null);
            var plan = new RangePlan { Rows = rows, Keys = [Reads.Key], Outputs = [new(Reads.Id, "id"), new(Reads.Key, "entity")], From = Facts.Micros(2), To = Facts.Micros(7) };
            var expected = facts.Where(fact => fact.Event is >= 2 and < 7).OrderBy(fact => fact.Key).ThenBy(fact => fact.Event).ThenBy(fact => created ? fact.Created : 0).ThenBy(fact => fact.Id);
            Assert.Equal(expected.Select(fact => (long?)fact.Id), await _executor.IdsAsync(plan));
        }
    }

    [Fact]
    public async Task Empty_answers_are_typed()
    {
        var rows = new SourceRows(new ParquetSource([]), Reads.Happened, null);
        using var range = await _executor.AnswerAsync(new RangePlan { Rows = rows, Keys = [Reads.Key], Outputs = [new(new("tags", DataType.Map(DataType.String, DataType.Int)), "tags")], From = 0, To = 1 });
        Assert.Equal(DataType.Map(DataType.String, DataType.Int), range.GetColumnType("tags"));
        using var entities = await _executor.AnswerAsync(new EntitiesPlan { Rows = rows, Keys = [new(Reads.Key, "entity")], Moment = 0, Visibility = Reads.Any });
        Assert.Equal(0, entities.RowCount);
    }
}
