using System.Net;
using System.Net.Sockets;
using Netpol.Cni.Native;
using Netpol.Cni.Netlink;
using Netpol.Cni.Protocol;

namespace Netpol.Cni.Devices;

/// <summary>The devices, addresses and routes of the network namespace in which it was opened.</summary>
internal sealed class DeviceTable : IDisposable
{
    private const ushort Change = Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_ACK;
    private const ushort Create = Change | Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL;

    private readonly RouteSocket _socket = new();

    public Device? Find(string name)
    {
        var question = new NetlinkMessage(Rtnetlink.RTM_GETLINK, Change).LinkHeader().Attribute(Rtnetlink.IFLA_IFNAME, name);
        return FindOne(question, name);
    }

    public Device? Find(int index) =>
        FindOne(new NetlinkMessage(Rtnetlink.RTM_GETLINK, Change).LinkHeader(index), $"number {index}");

    /// <summary>Makes a veth pair, both ends down: one here, the other in the container's namespace.</summary>
    public void CreateVeth(string name, string containerName, NetworkNamespace container, int? mtuBytes)
    {
        var request = new NetlinkMessage(Rtnetlink.RTM_NEWLINK, Create).LinkHeader().Attribute(Rtnetlink.IFLA_IFNAME, name);
        AddMtu(request, mtuBytes);
        request.Nested(Rtnetlink.IFLA_LINKINFO, info => info
            .Attribute(Rtnetlink.IFLA_INFO_KIND, "veth")
            .Nested(Rtnetlink.IFLA_INFO_DATA, data => data.Nested(Rtnetlink.VETH_INFO_PEER, peer =>
            {
                peer.LinkHeader()
                    .Attribute(Rtnetlink.IFLA_IFNAME, containerName)
                    .Attribute(Rtnetlink.IFLA_NET_NS_FD, (uint)container.Descriptor);
                AddMtu(peer, mtuBytes);
            })));
        Require(_socket.Change(request), $"the veth pair `{name}` and `{containerName}` cannot be made");
    }

    /// <summary>A device that is gone already is no failure.</summary>
    public void Delete(int index)
    {
        var error = _socket.Change(new NetlinkMessage(Rtnetlink.RTM_DELLINK, Change).LinkHeader(index));
        Require(error == Libc.ENODEV ? 0 : error, $"the device number {index} cannot be deleted");
    }

    public void SetUp(int index, bool isUp = true)
    {
        var request = new NetlinkMessage(Rtnetlink.RTM_NEWLINK, Change)
            .LinkHeader(index, isUp ? Rtnetlink.IFF_UP : 0, Rtnetlink.IFF_UP);
        Require(_socket.Change(request), $"the device number {index} cannot be set {(isUp ? "up" : "down")}");
    }

    /// <summary>Adds an address that is in use at once; one that is there already is no failure.</summary>
    public void AddAddress(int index, IPAddress address, int prefixLength)
    {
        var request = new NetlinkMessage(Rtnetlink.RTM_NEWADDR, Create)
            .AddressHeader(Family(address), prefixLength, index)
            .Attribute(Rtnetlink.IFA_LOCAL, address)
            .Attribute(Rtnetlink.IFA_ADDRESS, address);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            request.Attribute(Rtnetlink.IFA_FLAGS, Rtnetlink.IFA_F_NODAD);
        }

        var error = _socket.Change(request);
        Require(error == Libc.EEXIST ? 0 : error, $"the address {address}/{prefixLength} cannot be added");
    }

    /// <summary>Adds or replaces a route to what is at the other end of the device itself.</summary>
    public void AddDirectRoute(int index, IPAddress destination) =>
        AddRoute(index, destination, destination.GetAddressBytes().Length * 8, null);

    public void AddRoute(int index, IPAddress destination, int prefixLength, IPAddress? gateway)
    {
        var isDirect = gateway is null;
        var request = new NetlinkMessage(Rtnetlink.RTM_NEWROUTE, Change | Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_REPLACE)
            .RouteHeader(
                Family(destination),
                prefixLength,
                isDirect ? Rtnetlink.RT_SCOPE_LINK : Rtnetlink.RT_SCOPE_UNIVERSE,
                isDirect ? 0 : Rtnetlink.RTNH_F_ONLINK)
            .Attribute(Rtnetlink.RTA_OIF, (uint)index);
        if (prefixLength > 0)
        {
            request.Attribute(Rtnetlink.RTA_DST, destination);
        }

        if (gateway is not null)
        {
            request.Attribute(Rtnetlink.RTA_GATEWAY, gateway);
        }

        Require(_socket.Change(request), $"the route to {destination}/{prefixLength} cannot be added");
    }

    /// <summary>All addresses of a device, of both families.</summary>
    public IReadOnlyList<IPAddress> Addresses(int index)
    {
        var addresses = new List<IPAddress>();
        var question = new NetlinkMessage(Rtnetlink.RTM_GETADDR, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_DUMP).AddressHeader(0, 0, 0);
        var error = _socket.Ask(question, (type, payload) =>
        {
            if (type != Rtnetlink.RTM_NEWADDR || payload.Length < 8 || BitConverter.ToInt32(payload[4..]) != index)
            {
                return;
            }

            var attributes = new Attributes(payload[8..]);
            while (attributes.MoveNext())
            {
                if (attributes.Type == Rtnetlink.IFA_ADDRESS)
                {
                    addresses.Add(new IPAddress(attributes.Value));
                }
            }
        });
        Require(error, "the addresses of the container cannot be read");
        return addresses;
    }

    public void Dispose() => _socket.Dispose();

    private Device? FindOne(NetlinkMessage question, string name)
    {
        Device? found = null;
        var error = _socket.Ask(question, (type, payload) =>
        {
            if (type == Rtnetlink.RTM_NEWLINK && payload.Length >= 16)
            {
                found = ReadDevice(payload);
            }
        });
        Require(error == Libc.ENODEV ? 0 : error, $"the device {name} cannot be read");
        return found;
    }

    private static Device ReadDevice(ReadOnlySpan<byte> payload)
    {
        var device = new Device(BitConverter.ToInt32(payload[4..]), "", "", "", 0, (BitConverter.ToUInt32(payload[8..]) & Rtnetlink.IFF_UP) != 0);
        var attributes = new Attributes(payload[16..]);
        while (attributes.MoveNext())
        {
            device = attributes.Type switch
            {
                Rtnetlink.IFLA_IFNAME => device with { Name = attributes.Text },
                Rtnetlink.IFLA_ADDRESS => device with { Mac = FormatMac(attributes.Value) },
                Rtnetlink.IFLA_LINK => device with { PeerIndex = attributes.Integer },
                Rtnetlink.IFLA_LINKINFO => device with { Kind = ReadKind(attributes.Value) },
                _ => device,
            };
        }

        return device;
    }

    private static string ReadKind(ReadOnlySpan<byte> information)
    {
        var attributes = new Attributes(information);
        while (attributes.MoveNext())
        {
            if (attributes.Type == Rtnetlink.IFLA_INFO_KIND)
            {
                return attributes.Text;
            }
        }

        return "";
    }

    private static string FormatMac(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 6 ? Convert.ToHexStringLower(bytes).Insert(10, ":").Insert(8, ":").Insert(6, ":").Insert(4, ":").Insert(2, ":") : "";

    private static void AddMtu(NetlinkMessage message, int? mtuBytes)
    {
        if (mtuBytes is { } mtu)
        {
            message.Attribute(Rtnetlink.IFLA_MTU, (uint)mtu);
        }
    }

    private static byte Family(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? Rtnetlink.AF_INET6 : Rtnetlink.AF_INET;

    private static void Require(int error, string problem)
    {
        if (error != 0)
        {
            throw new CniException(
                CniErrorCode.DeviceFailed, $"{problem}: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}");
        }
    }
}
