using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Netpol.Lab;

namespace Netpol.Demo;

/// <summary>Follows <c>netpol observe --follow -o json</c> and finds the event of a flow.</summary>
internal sealed class EventLog : IDisposable
{
    /// <summary>An event must be seen within a second; a busy machine may take longer to print it.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly ConcurrentQueue<JsonNode> _events = [];

    public EventLog(NetpolCli cli, LabNode node)
    {
        _process = cli.Start(node.Network, "observe", "--follow", "-o", "json", "--pins", node.Pins, "--state", node.State);
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text && JsonNode.Parse(text) is { } parsed)
            {
                _events.Enqueue(parsed);
            }
        };
        _process.BeginOutputReadLine();
    }

    /// <summary>Forgets what was seen until now: the next phase begins.</summary>
    public void Clear() => _events.Clear();

    /// <summary>The event of the flow's first packet; null: none came.</summary>
    public JsonNode? Find(Flow flow)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            if (_events.FirstOrDefault(entry => IsOf(entry, flow)) is { } found)
            {
                return found;
            }

            if (clock.Elapsed > LongestWait || _process.HasExited)
            {
                return null;
            }

            Thread.Sleep(20);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static bool IsOf(JsonNode entry, Flow flow) =>
        Address(entry["source"]) is { } source && source.Equals(flow.From.AddressFor(flow.Address.AddressFamily))
        && Address(entry["destination"]) is { } destination && destination.Equals(flow.Address)
        && entry["protocol"]?.GetValue<string>() == flow.EventProtocol
        && (flow.Port == 0 || entry["destinationPort"]?.GetValue<int>() == flow.Port);

    private static IPAddress? Address(JsonNode? text) => text is null ? null : IPAddress.Parse(text.GetValue<string>());
}
