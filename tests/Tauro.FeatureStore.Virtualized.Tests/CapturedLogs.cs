using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tauro.FeatureStore.Tests;

/// <summary>All that is logged, as texts that begin with the level.</summary>
internal sealed class CapturedLogs : ILoggerFactory, ILogger
{
    public ConcurrentQueue<string> Messages { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull
    {
        Messages.Enqueue($"{state}");
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Messages.Enqueue($"{logLevel}: {formatter(state, exception)} {exception} {(state is IEnumerable<KeyValuePair<string, object?>> named ? string.Join(' ', named) : "")}");

    public void Dispose()
    {
    }
}
