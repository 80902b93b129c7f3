using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore.Testing;

/// <summary>
/// A context for tests: a clock that stands still until it is moved, a log that is kept, and a temporary folder, which disposing the context deletes with all that is in it.
/// </summary>
public sealed class FakeFeatureStoreContext : IFeatureStoreContext, IDisposable
{
    private readonly StandingClock _clock = new();
    private readonly KeptLog _log = new();

    /// <summary>Makes a context. Its folder is created by the first write into it.</summary>
    public FakeFeatureStoreContext() => FeatureStorePath = Path.Combine(Path.GetTempPath(), $"tauro-fake-{Guid.NewGuid():N}");

    /// <inheritdoc/>
    /// <value>The default is a name of its own in the system's folder for temporary files.</value>
    public string FeatureStorePath { get; }

    /// <inheritdoc/>
    /// <value>The default is <c>test</c>.</value>
    public string Environment { get; init; } = "test";

    /// <inheritdoc/>
    /// <value>The default is null.</value>
    public string? GoldPath { get; init; }

    /// <inheritdoc/>
    /// <value>The default is null.</value>
    public IServiceProvider? Services { get; init; }

    /// <summary>What the clock shows.</summary>
    /// <value>The default is midnight of 1 January 2026, UTC.</value>
    public DateTimeOffset Now
    {
        get => _clock.GetUtcNow();
        set => _clock.Set(value);
    }

    /// <summary>What was logged so far, each message as its text.</summary>
    public IReadOnlyCollection<string> LogMessages => _log.Messages;

    TimeProvider IFeatureStoreContext.TimeProvider => _clock;

    ILoggerFactory IFeatureStoreContext.LoggerFactory => _log;

    /// <summary>Moves the clock.</summary>
    /// <param name="time">How far; it may be negative.</param>
    public void Advance(TimeSpan time) => Now += time;

    /// <summary>Deletes the folder.</summary>
    public void Dispose()
    {
        if (Directory.Exists(FeatureStorePath)) Directory.Delete(FeatureStorePath, recursive: true);
        _log.Dispose();
    }

    private sealed class StandingClock : TimeProvider
    {
        private long _ticks = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

        public override long GetTimestamp() => Volatile.Read(ref _ticks);

        public void Set(DateTimeOffset now) => Volatile.Write(ref _ticks, now.UtcTicks);
    }

    private sealed class KeptLog : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<string> Messages { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The log of a fake context is kept in LogMessages; it has no providers.");

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
