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

    /// <summary>Those that there may be of one class as the judge of another.</summary>
    internal static IEnumerable<PairKey> AllOf(int self, int peer)
    {
        foreach (var isIngress in new[] { false, true })
        {
            yield return Of(self, peer, isSameNamespace: false, isIngress);
            yield return Of(self, peer, isSameNamespace: true, isIngress);
        }
    }

    internal readonly bool IsIngress => (Peer & Ingress) != 0;

    internal readonly bool IsOfService => (Peer & Service) != 0;

    internal readonly bool IsOfOthers => Peer >> ClassShift == 0;

    /// <summary>The one that counts where this is not there.</summary>
    internal readonly PairKey Others => new(Self, Peer & Ingress);

    internal static PairKey OfService(int self, int service, bool isIngress) =>
        new((uint)self, Service | ((uint)service << ClassShift) | (isIngress ? Ingress : 0));
}
