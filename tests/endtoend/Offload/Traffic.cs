using System.Globalization;
using Netpol.Lab;

namespace Netpol.Tests.EndToEnd.Offload;

/// <summary>What has gone through a device; what is left to be segmented counts as one packet.</summary>
internal sealed record Traffic(long BytesIn, long PacketsIn, long BytesOut, long PacketsOut)
{
    /// <summary>Counts so far of a container's own device.</summary>
    public static Traffic Through(LabContainer container) => container.Network.Run(() =>
    {
        // Bytes and packets are columns 1 and 2 of what was received, 9 and 10 of what was sent (proc_pid_net(5)).
        var fields = File.ReadLines("/proc/thread-self/net/dev")
            .First(line => line.TrimStart().StartsWith("eth0:", StringComparison.Ordinal))
            .Split(':')[1]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(field => long.Parse(field, CultureInfo.InvariantCulture))
            .ToArray();
        return new Traffic(fields[0], fields[1], fields[8], fields[9]);
    });

    public long AverageInSince(Traffic earlier) => (BytesIn - earlier.BytesIn) / Math.Max(1, PacketsIn - earlier.PacketsIn);

    public long AverageOutSince(Traffic earlier) => (BytesOut - earlier.BytesOut) / Math.Max(1, PacketsOut - earlier.PacketsOut);
}
