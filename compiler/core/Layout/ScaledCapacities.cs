using System.Numerics;
using Netpol.Model;

namespace Netpol.Compiler.Layout;

/// <summary>How large a map must be for what <c>scale</c> asks for.</summary>
internal static class ScaledCapacities
{
    /// <summary>Of one family: a container has one as a rule, and a second where it is on two networks.</summary>
    private const int AddressesPerEndpoint = 2;

    /// <summary>The node's own addresses stand in the same tables.</summary>
    public const int NodeAddresses = 1024;

    /// <summary><c>struct flow_event</c> of <c>abi.h</c>, and the header that the kernel puts before each (BPF_RINGBUF_HDR_SZ).</summary>
    public const int EventSize = 96 + 8;

    /// <summary>The largest page there is (arm64): a ring buffer is a power of two and whole pages (kernel/bpf/ringbuf.c).</summary>
    private const uint LargestPage = 64 * 1024;

    public static int Addresses(Scale scale) => (AddressesPerEndpoint * scale.Endpoints) + NodeAddresses;

    /// <summary>An endpoint's class is judged against few others as a rule: most peers share one pair (abi.h).</summary>
    public static int VerdictPairs(Scale scale) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4096, 4 * scale.Endpoints));

    public static int VerdictNodes(Scale scale) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4096, scale.Endpoints));

    /// <summary>
    /// A bucket for every fourth connection: one that nobody used for a burst's time is full, which is what one without entry is, so the
    /// oldest may go.
    /// </summary>
    public static int Buckets(Scale scale) => Math.Max(4096, scale.Connections / 4);

    /// <summary>A client has several connections as a rule; of one that did not come back for longest its backend is forgotten first.</summary>
    public static int Affinities(Scale scale) => Math.Max(4096, scale.Connections / 4);

    /// <summary>A second of events.</summary>
    public static int EventBytes(Scale scale) =>
        (int)Math.Max(LargestPage, BitOperations.RoundUpToPowerOf2((uint)scale.EventsPerSecond * EventSize));
}
