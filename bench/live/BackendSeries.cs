using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Netpol.Lab;
using Netpol.Loader;
using Netpol.Loader.Generations;
using Netpol.Loader.State;
using Netpol.Toolchain;

namespace Netpol.Bench.Live;

/// <summary>The one backend of a service among many is replaced by one at another address, at random services, one after the other.</summary>
/// <param name="Visible">From the change to when the first packet of a new connection has been sent to the new backend.</param>
/// <param name="Published">From the change to when the next may begin.</param>
internal sealed record BackendSeries(string Balance, int Services, Latency Visible, Latency Published)
{
    // TC_ACT_SHOT; where a frame has the address that it goes to.
    private const int Shot = 2, Destination = 30;

    internal static BackendSeries Run(string balance, int services, int changes)
    {
        List<TimeSpan> visible = [], published = [];
        Scratch.Run(scratch =>
        {
            NodePaths paths = new(scratch.Pins, scratch.State);
            Begin(scratch, paths, Text(balance, services));
            using var live = LiveNode.Open(paths);
            for (var service = 0; service < services; service++)
            {
                live.Publish(Pod(service, round: 0));
            }

            live.Settle();
            using var generation = Generation.OpenCurrent(new PinFolder(paths.Pins), new StateFolder(paths.State)) ??
                throw new InvalidOperationException("no bundle is in charge");
            using var sender = World.OpenSender(generation, World.Container(0));
            Random random = new(1);
            for (var change = 1; change <= changes; change++)
            {
                var service = random.Next(services);
                var frame = Frame.Syn(World.Container(0), ServiceAddress(service), 80);
                Frame.SetSourcePort(frame, (ushort)(1024 + (change % 60_000)));
                var pod = Pod(service, change);
                var start = Stopwatch.GetTimestamp();
                live.Publish(pod);
                var done = Stopwatch.GetElapsedTime(start);
                var output = new byte[256];
                var (answer, length) = sender.TestRun(frame, [], output);
                visible.Add(Stopwatch.GetElapsedTime(start));
                published.Add(done);
                var reached = new IPAddress(output.AsSpan(Destination, 4));
                if (answer == Shot || length != frame.Length || $"{reached}" != pod.Addresses[0])
                {
                    throw new InvalidOperationException($"the connection went to {reached} (answer {answer}), not to {pod.Addresses[0]}");
                }
            }
        });
        return new BackendSeries(balance, services, Latency.Of(visible), Latency.Of(published));
    }

    private static void Begin(Scratch scratch, NodePaths paths, string text)
    {
        var source = Path.Combine(scratch.Folder, "services.netpol");
        File.WriteAllText(source, text);
        var bundle = Path.Combine(scratch.Folder, "bundle");
        var built = BundleBuilder.Build([source], bundle, backend: BackendKind.Bytecode);
        _ = built.Manifest ?? throw new InvalidOperationException(string.Join('\n', built.Diagnostics));
        File.WriteAllText("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
        using var node = Node.Open(paths);
        node.Apply(bundle);
        Scratch.AddDevices("h0", "c0");
        node.Attach(new EndpointSpec(
            "c0", "eth0", "h0", "02:00:00:00:00:01", [$"{World.Container(0)}"], "shop", null, ImmutableSortedDictionary<string, string>.Empty.Add("app", "client"), []));
    }

    private static IPAddress ServiceAddress(int service) => new([10, 96, (byte)(service >> 8), (byte)service]);

    /// <summary>The backend of a service: the same pod to the node, at another address each round.</summary>
    private static RemoteEndpoint Pod(int service, int round) => new(
        $"p{service}", [string.Create(CultureInfo.InvariantCulture, $"10.{128 + (round % 100)}.{service >> 8}.{service & 255}")], "shop", null,
        ImmutableSortedDictionary<string, string>.Empty.Add("app", $"s{service}"), []);

    private static string Text(string balance, int services)
    {
        StringBuilder text = new($"default namespace shop\ncluster {{ families ipv4 }}\nscale {{ endpoints {2 * services} }}\n");
        for (var service = 0; service < services; service++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"service s{service} {{ address {ServiceAddress(service)}; port 80/tcp -> 8080; backends pods where app == \"s{service}\"; balance {balance} }}");
        }

        return text.ToString();
    }
}
