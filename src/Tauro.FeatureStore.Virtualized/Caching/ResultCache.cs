using Apache.Arrow;
using Microsoft.Extensions.Caching.Memory;

namespace Tauro.FeatureStore.Virtualized;

/// <summary>Answers of plans, of bounded size in all, each for a time.</summary>
internal sealed class ResultCache : IDisposable
{
    /// <summary>What an answer takes beside its values, about.</summary>
    private const int AnswerOverhead = 1024;

    private const long BytesPerMegabyte = 1 << 20;

    private readonly MemoryCache _answers;
    private readonly TimeProvider _clock;

    /// <summary>Makes a cache.</summary>
    /// <param name="megabytes">What all answers in it take at most.</param>
    /// <param name="clock">The clock.</param>
    public ResultCache(int megabytes, TimeProvider clock)
    {
        (Size, _clock) = (megabytes * BytesPerMegabyte, clock);
        _answers = new MemoryCache(new MemoryCacheOptions { SizeLimit = Size });
    }

    /// <summary>The bytes that there is room for.</summary>
    public long Size { get; }

    /// <summary>An answer that is not over yet, whose batches the caller disposes; null where there is none.</summary>
    public IReadOnlyList<RecordBatch>? Find(string key) =>
        _answers.TryGetValue(key, out Answer? answer) && answer!.Until > _clock.GetUtcNow() ? [.. answer.Batches.Select(Share)] : null;

    /// <summary>Keeps an answer, if there is room. It is the cache's from now on, and left to the garbage collector: readers may still have parts of it.</summary>
    /// <param name="key">What it answers.</param>
    /// <param name="batches">Its rows.</param>
    /// <param name="bytes">What they take.</param>
    /// <param name="from">When it was begun to be computed.</param>
    /// <param name="timeToLive">How long from then it is given again.</param>
    public void Keep(string key, IReadOnlyList<RecordBatch> batches, long bytes, DateTimeOffset from, TimeSpan timeToLive)
    {
        using var entry = _answers.CreateEntry(key);
        entry.Value = new Answer(batches, from > DateTimeOffset.MaxValue - timeToLive ? DateTimeOffset.MaxValue : from + timeToLive);
        entry.Size = bytes + AnswerOverhead;
        entry.AbsoluteExpirationRelativeToNow = timeToLive;
    }

    /// <summary>The same rows once more.</summary>
    public static RecordBatch Share(RecordBatch batch) => batch.SliceShared(0, batch.Length);

    public void Dispose() => _answers.Dispose();

    private sealed record Answer(IReadOnlyList<RecordBatch> Batches, DateTimeOffset Until);
}
