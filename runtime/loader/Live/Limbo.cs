using Netpol.Loader.Generations;

namespace Netpol.Loader.Live;

/// <summary>
/// What nothing leads to any more, until no program can still be using it. Waiting takes the kernel some milliseconds, so it is done on a
/// thread of the pool for all that gathered meanwhile, and freeing is left to later changes, a little in each.
/// </summary>
internal sealed class Limbo
{
    // More than a change can add, so that what waits does not pile up.
    private const int FreedAtOnce = 8;

    private readonly Queue<Action> _ready = [];
    private List<Action> _waiting = [];
    private List<Action> _gathering = [];
    private Task? _wait;

    internal void Add(Action? free)
    {
        if (free is not null)
        {
            _gathering.Add(free);
        }
    }

    /// <summary>Frees some of what may be freed. Not from two threads at once.</summary>
    internal void Advance()
    {
        if (_wait is { IsCompleted: true })
        {
            Collect();
        }

        if (_wait is null && _gathering.Count > 0)
        {
            (_waiting, _gathering) = (_gathering, []);
            _wait = Task.Run(Quiescence.Wait);
        }

        for (var count = 0; count < FreedAtOnce && _ready.TryDequeue(out var free); count++)
        {
            free();
        }
    }

    /// <summary>Waits, and frees all.</summary>
    internal void Drain()
    {
        if (_wait is not null)
        {
            Collect();
        }

        if (_gathering.Count > 0)
        {
            Quiescence.Wait();
            _gathering.ForEach(_ready.Enqueue);
            _gathering.Clear();
        }

        while (_ready.TryDequeue(out var free))
        {
            free();
        }
    }

    private void Collect()
    {
        _wait?.GetAwaiter().GetResult();
        _waiting.ForEach(_ready.Enqueue);
        (_wait, _waiting) = (null, []);
    }
}
