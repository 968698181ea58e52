using System.Runtime;
using Netpol.Bundle;
using Netpol.Toolchain;

namespace Netpol.Cli;

/// <summary>
/// The bundle's folder of a node that is kept in step: it is written when what it says is in charge, by a thread of its own, so that neither a packet nor the next
/// change waits for it. It holds a whole bundle at any time, and never goes back to one that was in charge before: of bundles that wait only the last is written.
/// </summary>
internal sealed class LiveBundle(Terminal terminal, string folder) : IDisposable
{
    /// <summary>A change of a rule among 10,000 takes a third of it until it is in charge.</summary>
    private const long RoomForChange = 32 << 20;

    private readonly object _gate = new();
    private SessionBuild? _next;
    private Thread? _writer;
    private bool _isPaused;
    private bool _isAbandoned;

    public string Folder => terminal.Resolve(folder);

    /// <summary>What is in charge may change: until the answer is disposed of, no bundle comes into its place but by <see cref="Write"/>.</summary>
    public IDisposable Pause()
    {
        lock (_gate)
        {
            _isPaused = true;
        }

        return new Ended(() =>
        {
            lock (_gate)
            {
                _isPaused = false;
                Monitor.PulseAll(_gate);
            }
        });
    }

    /// <summary>Now; what waits to be written is older.</summary>
    public Manifest Write(SessionBuild build)
    {
        lock (_gate)
        {
            (_next, _isAbandoned) = (null, true);
            Monitor.PulseAll(_gate);
        }

        Dispose();
        _isAbandoned = false;
        return WriteWhole(build, null) ?? throw CommandException.Environment($"`{folder}` cannot be written");
    }

    public void WriteLater(SessionBuild build)
    {
        lock (_gate)
        {
            _next = build;
            if (_writer is null)
            {
                _writer = new Thread(WriteAll);
                _writer.Start();
            }
        }
    }

    /// <summary>Waits until all is written.</summary>
    public void Dispose()
    {
        Thread? writer;
        lock (_gate)
        {
            writer = _writer;
        }

        writer?.Join();
    }

    private void WriteAll()
    {
        while (Next() is { } build)
        {
            _ = WriteWhole(build, Replace);
        }

        // When nobody waits for it, and not in the middle of the next change.
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
        {
            GC.EndNoGCRegion();
        }

        GC.TryStartNoGCRegion(RoomForChange);
    }

    private SessionBuild? Next()
    {
        lock (_gate)
        {
            var next = _next;
            _next = null;
            _writer = next is null ? null : _writer;
            return next;
        }
    }

    private bool Replace(Action deed)
    {
        lock (_gate)
        {
            while (_isPaused && !_isAbandoned)
            {
                Monitor.Wait(_gate);
            }

            if (_next is not null || _isAbandoned)
            {
                return false;
            }

            deed();
            return true;
        }
    }

    // Null: it was not, or is not to be any more.
    private Manifest? WriteWhole(SessionBuild build, Func<Action, bool>? replace)
    {
        var written = build.Write(Folder, replace);
        DiagnosticOutput.Show(terminal, written.Diagnostics, build.Root);
        return written.Manifest;
    }

    private sealed class Ended(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
