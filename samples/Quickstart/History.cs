using Tauro.FeatureStore;

namespace Quickstart;

/// <summary>One row of the group <c>orders</c>: the property names are the column names.</summary>
internal sealed record OrderRow(long customer_id, DateTimeOffset ordered_at, int order_count, decimal total_spent);

/// <summary>One row of the group <c>risk</c>.</summary>
internal sealed record ScoreRow(long customer_id, DateTimeOffset scored_at, double score, string band);

/// <summary>One labelled event, whose features are wanted as of its moment.</summary>
internal sealed record Label(long customer_id, DateTimeOffset happened_at, bool churned);

/// <summary>Three months of a shop with twenty customers, the same in every run.</summary>
internal static class History
{
    public static readonly DateTimeOffset End = new(2025, 7, 1, 0, 0, 0, TimeSpan.Zero);

    private const int Customers = 20;
    private static readonly DateTimeOffset Begin = End.AddDays(-91);

    public static IReadOnlyList<OrderRow> Orders()
    {
        var random = new Random(20250701);
        var rows = new List<OrderRow>();
        for (var customer = 1; customer <= Customers; customer++)
        {
            var (count, total) = (0, 0m);
            for (var at = Begin.AddMinutes(random.Next(20_000)); at < End; at = at.AddMinutes(random.Next(200, 30_000)))
            {
                total += random.Next(500, 25_000) / 100m;
                rows.Add(new OrderRow(customer, at, ++count, total));
            }
        }

        return rows;
    }

    public static IReadOnlyList<ScoreRow> Scores()
    {
        var random = new Random(20250702);
        var rows = new List<ScoreRow>();
        for (var week = 0; week < 13; week++)
        {
            // Every fourth customer is no longer scored after a month, so that later moments find a score that is too old.
            for (var customer = 1; customer <= Customers; customer++)
            {
                if (customer % 4 == 3 && week > 4) continue;
                var score = Math.Round(random.NextDouble(), 3);
                rows.Add(new ScoreRow(customer, Begin.AddDays(7 * week), score, score > 0.7 ? "high" : score > 0.3 ? "medium" : "low"));
            }
        }

        return rows;
    }

    public static IReadOnlyList<Label> Labels()
    {
        var random = new Random(20250703);
        return [.. Enumerable.Range(0, 8).Select(i => new Label(random.Next(1, Customers + 1), Begin.AddDays(10 + (11 * i)).AddMinutes(random.Next(1440)), random.Next(3) == 0))];
    }

    /// <summary>Finds the same answers by hand: for each label a loop over the whole history.</summary>
    public static bool MatchesByHand(FeatureTable training)
    {
        var counts = training.GetColumn<int?>("order_count");
        var scores = training.GetColumn<double?>("score");
        return Labels().Select((label, i) =>
        {
            var order = Orders().Where(row => row.customer_id == label.customer_id && row.ordered_at <= label.happened_at).MaxBy(row => row.ordered_at);
            var score = Scores()
                .Where(row => row.customer_id == label.customer_id && row.scored_at <= label.happened_at && row.scored_at >= label.happened_at.AddDays(-30))
                .MaxBy(row => row.scored_at);
            return counts[i] == order?.order_count && scores[i] == score?.score;
        }).All(matches => matches);
    }
}
