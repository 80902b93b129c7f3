namespace Quickstart;

/// <summary>A clock that stands where the sample's history ends, so that every run prints the same.</summary>
internal sealed class ShopClock(DateTimeOffset now) : TimeProvider
{
    private DateTimeOffset _now = now;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;
}
