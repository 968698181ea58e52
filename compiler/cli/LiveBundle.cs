using System.Runtime;
using Netpol.Bundle;
using Netpol.Toolchain;

namespace Netpol.Cli;

/// <summary>
/// The bundle's folder of a node that is kept in step: it is written when what it says is in charge, by a thread of its own, so that neither a packet nor the next
/// change waits for it. Each time it is the whole bundle or the one before; of bundles that wait to be written the last is.
/// </summary>
internal sealed class LiveBundle(Terminal terminal, string folder) : IDisposable
{
    /// <summary>A change of a rule among 10,000 takes a third of it until it is in charge.</summary>
    private const long RoomForChange = 32 << 20;

    private readonly Lock _gate = new();
    private SessionBuild? _next;
    private Thread? _writer;

    public string Folder => terminal.Resolve(folder);

    /// <summary>Now; what waits to be written is older.</summary>
    public Manifest Write(SessionBuild build)
    {
        Dispose();
        return WriteWhole(build);
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
            try
            {
                _ = WriteWhole(build);
            }
            catch (CommandException exception)
            {
                terminal.Fail(exception.Message);
            }
        }

        CollectNow();
    }

    /// <summary>When nobody waits for it, and not in the middle of the next change.</summary>
    private static void CollectNow()
    {
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

    private Manifest WriteWhole(SessionBuild build)
    {
        var written = build.Write(Folder);
        DiagnosticOutput.Show(terminal, written.Diagnostics, build.Root);
        return written.Manifest ?? throw CommandException.Environment($"`{folder}` cannot be written");
    }
}
