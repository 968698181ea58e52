using System.Net;
using Netpol.Loader.Native;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>An attached endpoint as the datapath knows it: its constants and its two programs.</summary>
internal sealed record Container(
    uint Id, uint Ifindex, ushort Slot, uint NamespaceId, int[] Sets, IPAddress[] Addresses, BpfMap Constants, BpfProgram From, BpfProgram To)
    : IDisposable
{
    /// <summary>The MAC address that <c>Packet.ToFrame</c> sends from.</summary>
    internal static byte[] Mac { get; } = [2, 0, 0, 0, 0, 1];

    internal string V4 => Addresses.First(address => address.GetAddressBytes().Length == 4).ToString();

    internal string V6 => Addresses.First(address => address.GetAddressBytes().Length == 16).ToString();

    public void Dispose()
    {
        From.Dispose();
        To.Dispose();
        Constants.Dispose();
    }
}
