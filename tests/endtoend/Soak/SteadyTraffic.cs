using Netpol.Lab.Traffic;

namespace Netpol.Tests.EndToEnd.Soak;

/// <summary>A connection that runs while everything else changes.</summary>
/// <param name="Service">Null: straight to <paramref name="Backend"/>.</param>
internal sealed record SteadyConnection(LabConnection Connection, SoakEndpoint Client, SoakEndpoint Backend, int Port, int? Service, bool IsIPv6)
{
    public override string ToString() =>
        $"{Client.Name} -> {Backend.Name}:{Port}{(Service is null ? "" : $" by s{Service}")} over {(IsIPv6 ? "IPv6" : "IPv4")}";
}

/// <summary>Asks over every connection it was given, one after the other, for ever; whoever is not answered, or by another, is noted.</summary>
internal sealed class SteadyTraffic : IDisposable
{
    private readonly List<SteadyConnection> _connections = [];
    private readonly List<string> _lost = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Thread _thread;
    private long _exchanges;

    internal SteadyTraffic()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "steady traffic" };
        _thread.Start();
    }

    internal long Exchanges => Interlocked.Read(ref _exchanges);

    internal int Count => Locked(connections => connections.Count);

    internal IReadOnlyList<string> Lost => Locked(_ => _lost.ToArray());

    internal void Add(SteadyConnection connection) => Locked(connections =>
    {
        connections.Add(connection);
        return true;
    });

    /// <summary>Those that are no longer expected to carry: nobody asks over them when this returns.</summary>
    internal IReadOnlyList<SteadyConnection> Take(Func<SteadyConnection, bool> choice) => Locked(connections =>
    {
        var taken = connections.Where(choice).ToArray();
        connections.RemoveAll(new HashSet<SteadyConnection>(taken).Contains);
        return taken;
    });

    public void Dispose()
    {
        _end.Cancel();
        _thread.Join();
        _end.Dispose();
        _connections.ForEach(connection => connection.Connection.Dispose());
    }

    private void Run()
    {
        for (var turn = 0; !_end.IsCancellationRequested; turn++)
        {
            Locked(connections =>
            {
                if (connections.Count == 0)
                {
                    return false;
                }

                var connection = connections[turn % connections.Count];
                if (connection.Connection.Exchange("steady", Probe.DefaultTimeout) is var answer && answer != connection.Backend.Name)
                {
                    _lost.Add($"{connection}: {answer ?? "no answer"}");
                    connections.Remove(connection);
                    connection.Connection.Dispose();
                }

                _exchanges++;
                return true;
            });
            Thread.Sleep(1);
        }
    }

    private T Locked<T>(Func<List<SteadyConnection>, T> deed)
    {
        lock (_connections)
        {
            return deed(_connections);
        }
    }
}
