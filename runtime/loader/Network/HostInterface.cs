using System.Runtime.InteropServices;
using System.Text;
using Netpol.Loader.Native;

namespace Netpol.Loader.Network;

/// <summary>A device of the host: a container's end of one, or an uplink.</summary>
internal static unsafe class HostInterface
{
    /// <summary>IFNAMSIZ with its ending zero.</summary>
    private const int NameLength = 16;
    private const int RequestLength = 40;

    /// <summary>linux/ethtool.h: ETHTOOL_GDRVINFO, and struct ethtool_drvinfo, in which the driver's name follows the command.</summary>
    private const uint DriverInformation = 3;
    private const int DriverInformationLength = 196;
    private const int DriverNameLength = 32;

    /// <summary>0: there is no such device.</summary>
    internal static int IndexOf(string name) => (int)LibC.if_nametoindex(name);

    /// <summary>The name of its driver; empty where it tells none.</summary>
    internal static string DriverOf(string name)
    {
        using var socket = DescriptorHandle.FromCall(
            LibC.socket(LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0), "open a socket");
        var information = stackalloc byte[DriverInformationLength];
        var request = stackalloc byte[RequestLength];
        new Span<byte>(information, DriverInformationLength).Clear();
        Span<byte> bytes = new(request, RequestLength);
        bytes.Clear();
        if (Encoding.UTF8.GetByteCount(name) >= NameLength)
        {
            return "";
        }

        Encoding.UTF8.GetBytes(name, bytes);
        *(uint*)information = DriverInformation;
        *(byte**)(request + NameLength) = information;
        return LibC.ioctl(socket, (nuint)LibC.SIOCETHTOOL, request) == 0
            ? Encoding.UTF8.GetString(information + sizeof(uint), DriverNameLength).TrimEnd('\0')
            : "";
    }

    /// <summary>Clears IFF_UP, so that nothing passes any more; a device that has gone is as good.</summary>
    internal static void SetDown(string name)
    {
        using var socket = DescriptorHandle.FromCall(
            LibC.socket(LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0), "open a socket");
        var request = stackalloc byte[RequestLength];
        Span<byte> bytes = new(request, RequestLength);
        bytes.Clear();
        if (Encoding.UTF8.GetByteCount(name) >= NameLength)
        {
            return;
        }

        Encoding.UTF8.GetBytes(name, bytes);
        if (LibC.ioctl(socket, (nuint)LibC.SIOCGIFFLAGS, request) == 0)
        {
            var flags = (short)(MemoryMarshal.Read<short>(bytes[NameLength..]) & ~LibC.IFF_UP);
            MemoryMarshal.Write(bytes[NameLength..], flags);
            _ = LibC.ioctl(socket, (nuint)LibC.SIOCSIFFLAGS, request);
        }
    }
}
