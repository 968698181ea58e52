using System.Runtime.ExceptionServices;

namespace Netpol.Loader;

/// <summary>One deed on a thread of its own, which costs a short-lived process less than a thread pool does.</summary>
internal sealed class Errand<T>
    where T : class
{
    private readonly Thread _thread;
    private T? _result;
    private ExceptionDispatchInfo? _failure;

    internal Errand(Func<T> deed)
    {
        _thread = new Thread(() =>
        {
            try
            {
                _result = deed();
            }
#pragma warning disable CA1031 // Whatever it was, Await throws it where somebody can answer it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        _thread.Start();
    }

    internal T Await()
    {
        _thread.Join();
        _failure?.Throw();
        return _result ?? throw new InvalidOperationException("the deed answered nothing");
    }

    /// <summary>Waits, because the deed uses what the caller is about to close, and drops what came of it.</summary>
    internal void Abandon()
    {
        _thread.Join();
        (_result as IDisposable)?.Dispose();
    }
}
