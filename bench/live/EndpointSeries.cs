using System.Diagnostics;
using Netpol.Loader;

namespace Netpol.Bench.Live;

/// <summary>Labels of endpoints change at a steady rate, whether or not the last change is done.</summary>
/// <param name="Visible">From when a change was due to when the datapath had it: read back from the map, and for some by a packet.</param>
/// <param name="ByPacket">So many were also judged by a packet.</param>
/// <param name="OpenedMilliseconds">What a process takes that begins on such a node, or whose node had a bundle loaded by another.</param>
/// <param name="PeakMegabytes">The most memory that the process had, all told.</param>
internal sealed record EndpointSeries(
    int Endpoints, int ChangesPerSecond, int Seconds, Latency Visible, int ByPacket, double PublishedMilliseconds, double OpenedMilliseconds, double Megabytes, double PeakMegabytes,
    TableSize First, TableSize Last)
{
    private const int PacketEvery = 10;

    internal static EndpointSeries Run(World world, Options options)
    {
        var start = Stopwatch.GetTimestamp();
        for (var number = 0; number < options.Endpoints; number++)
        {
            world.Live.Publish(Next(world, number));
        }

        var published = Stopwatch.GetElapsedTime(start);
        world.Renew();
        Console.Error.WriteLine($"{options.Endpoints} endpoints published in {published.TotalSeconds:0.0} s, generation {world.Number}, {TableSize.Of(world.Live)}");
        var first = TableSize.Of(world.Live);
        var count = options.Rate * options.Seconds;
        var times = new List<TimeSpan>(count);
        var byPacket = 0;
        start = Stopwatch.GetTimestamp();
        for (var change = 0; change < count; change++)
        {
            var due = start + (long)(change * (double)Stopwatch.Frequency / options.Rate);
            while (Stopwatch.GetTimestamp() is var at && at < due)
            {
                Thread.Sleep(TimeSpan.FromTicks(Math.Max(0, (due - at) * TimeSpan.TicksPerSecond / Stopwatch.Frequency)));
            }

            var number = world.NextNumber(options.Endpoints);
            var before = world.Find(World.Remote(number));
            var endpoint = Next(world, number);
            var hasChanged = world.Live.Publish(endpoint);
            var after = world.Find(World.Remote(number));
            if (hasChanged == (before?.Epoch == after?.Epoch) || after is null)
            {
                throw new InvalidOperationException($"endpoint {number} is not in the map as it was published");
            }

            times.Add(Stopwatch.GetElapsedTime(due));
            if (change % PacketEvery == 0)
            {
                var frame = Frame.Syn(World.Container(0), World.Remote(number), Text.ProbePort);
                Frame.SetSourcePort(frame, (ushort)(1024 + (change % 60_000)));
                if (World.Passes(world.Programs[0], frame) != (endpoint.Labels["colour"] == Text.Red))
                {
                    throw new InvalidOperationException($"endpoint {number} is not judged by its labels");
                }

                byPacket++;
            }
        }

        var last = TableSize.Of(world.Live);
        var (now, peak) = (Memory("VmRSS"), Memory("VmHWM"));
        start = Stopwatch.GetTimestamp();
        world.Reopen();
        var opened = Stopwatch.GetElapsedTime(start);
        return new EndpointSeries(
            options.Endpoints, options.Rate, options.Seconds, Latency.Of(times), byPacket, Math.Round(published.TotalMilliseconds),
            Math.Round(opened.TotalMilliseconds), now, peak, first, last);
    }

    private static RemoteEndpoint Next(World world, int number)
    {
        var (space, labels) = world.NextIdentity();
        return new RemoteEndpoint($"r{number}", [$"{World.Remote(number)}"], space, null, labels, []);
    }

    private static double Memory(string name) => File.ReadLines("/proc/self/status").Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Select(line => Math.Round(double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) / 1024, 1))
        .Single();
}

/// <summary>How much of the verdict tables is in use, once what was to be freed is.</summary>
internal sealed record TableSize(int Pairs, int Nodes, int Classes)
{
    internal static TableSize Of(LiveNode node)
    {
        var (pairs, nodes, classes) = node.Settle();
        return new TableSize(pairs, nodes, classes);
    }
}
