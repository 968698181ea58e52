using System.Runtime.InteropServices;

namespace Netpol.Loader.Verdicts;

/// <summary><c>struct verdict_pair_key</c> of abi.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal record struct PairKey(uint Self, uint Peer)
{
    private const uint Ingress = 1;
    private const uint SameNamespace = 2;
    private const int ClassShift = 2;
    private const uint Service = 0x8000_0000;

    /// <summary>For every peer that has no pair of its own.</summary>
    internal static PairKey OfOthers(int self, bool isIngress) => new((uint)self, isIngress ? Ingress : 0);

    internal static PairKey Of(int self, int peer, bool isSameNamespace, bool isIngress) =>
        new((uint)self, ((uint)peer << ClassShift) | (isSameNamespace ? SameNamespace : 0) | (isIngress ? Ingress : 0));

    internal static PairKey OfService(int self, int service, bool isIngress) =>
        new((uint)self, Service | ((uint)service << ClassShift) | (isIngress ? Ingress : 0));
}
