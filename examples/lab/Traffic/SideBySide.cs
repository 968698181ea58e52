namespace Netpol.Lab.Traffic;

/// <summary>Runs deeds at the same time, each on a thread of its own: probes block, and the pool's threads serve the servers.</summary>
public static class SideBySide
{
    /// <returns>The results in the order of the deeds.</returns>
    public static IReadOnlyList<T> Run<T>(IReadOnlyList<Func<T>> deeds)
    {
        var tasks = deeds
            .Select(deed => Task.Factory.StartNew(
                deed, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))
            .ToArray();
        return [.. tasks.Select(task => task.GetAwaiter().GetResult())];
    }
}
