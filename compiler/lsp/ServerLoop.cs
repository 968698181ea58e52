using System.Collections.Concurrent;
using System.Diagnostics;
using Netpol.Lsp.Rpc;

namespace Netpol.Lsp;

/// <summary>
/// A server on two streams. One thread reads messages, one handles them in their order; diagnostics are published when no message waits, so
/// that of ten key strokes that came at once the last is answered. What takes long runs beside both.
/// </summary>
public sealed class ServerLoop
{
    /// <summary>Nobody types for so long before a build is compiled.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(250);

    /// <summary>How often it is looked whether the client still is.</summary>
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(2);

    private readonly BlockingCollection<Action> _work = [];
    private readonly Stream _input;
    private readonly LanguageServer _server;
    private bool _isChecking;
    private bool _isEnded;

    private ServerLoop(Stream input, Stream output, string version)
    {
        _input = input;
        _server = new LanguageServer(
            content =>
            {
                output.Write(Outgoing.Framed(content));
                output.Flush();
            },
            version);
    }

    /// <summary>Serves until the client says <c>exit</c>, closes the stream or ends.</summary>
    /// <returns>The exit code of the program: 0 where the client shut the server down first.</returns>
    public static int Run(Stream input, Stream output, string version)
    {
        var loop = new ServerLoop(input, output, version);
        new Thread(loop.Read) { IsBackground = true, Name = "messages" }.Start();
        return loop.Serve();
    }

    private void Read()
    {
        try
        {
            using var input = new BufferedStream(_input, 64 * 1024);
            var frames = new FrameReader(input);
            while (frames.Read() is { } content)
            {
                _work.Add(() => _server.Receive(content));
            }
        }
        catch (IOException)
        {
            // The client has gone, which the end of the stream says too.
        }

        _work.Add(() => _isEnded = true);
    }

    private int Serve()
    {
        var lastWatch = Stopwatch.GetTimestamp();
        while (_server.ExitCode is null && !_isEnded)
        {
            if (_work.TryTake(out var work, Rest))
            {
                work();
                if (_work.Count == 0)
                {
                    _server.Settle();
                }

                continue;
            }

            Check();
            if (Stopwatch.GetElapsedTime(lastWatch) >= Watch)
            {
                lastWatch = Stopwatch.GetTimestamp();
                _isEnded |= _server.ClientProcess is { } client && !IsRunning(client);
            }
        }

        return _server.ExitCode ?? 1;
    }

    private void Check()
    {
        if (_isChecking || _server.NextCheck() is not { } check)
        {
            return;
        }

        _isChecking = true;
        Task.Run(() =>
        {
            var done = check();
            _work.Add(() =>
            {
                _isChecking = false;
                done();
            });
        });
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
