using System.Collections.Concurrent;

namespace Tauro.FeatureStore.Engines.MicrosoftSpark;

/// <summary>
/// Threads for calls that block. The driver of Spark runs what a thread here asks for on a thread of its own that goes with it, and what is set there, such as the
/// group of its jobs, stays there. It knows threads by numbers that .NET gives again after a thread's end, so these never end; there are as many as ran at once.
/// </summary>
internal static class JobThreads
{
    private static readonly ConcurrentBag<Worker> Idle = [];

    /// <summary>Runs work on a thread that does nothing else meanwhile.</summary>
    public static Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!Idle.TryTake(out var worker)) worker = new Worker();
        worker.Post(() =>
        {
            try
            {
                var result = work();
                Idle.Add(worker);
                done.SetResult(result);
            }
            catch (Exception failure)
            {
                Idle.Add(worker);
                done.SetException(failure);
            }
        });
        return done.Task;
    }

    private sealed class Worker
    {
        private readonly BlockingCollection<Action> _work = [];

        public Worker() => new Thread(Run) { IsBackground = true, Name = "Tauro.FeatureStore for Spark" }.Start();

        public void Post(Action work) => _work.Add(work);

        private void Run()
        {
            foreach (var work in _work.GetConsumingEnumerable()) work();
        }
    }
}
