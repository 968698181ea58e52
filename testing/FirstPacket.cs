using System.Collections.Immutable;
using System.Net;
using Netpol.Loader;
using Netpol.Model;
using Netpol.Questions;
using Netpol.Testing.Packets;

namespace Netpol.Testing;

/// <summary>The packet that opens a connection.</summary>
internal static class FirstPacket
{
    private const ushort ClientPort = 40000;

    /// <summary>Between the first addresses that both ends have of one family.</summary>
    public static Packet Of(EndpointSpec from, ImmutableArray<string> to, string port)
    {
        var traffic = FlowPort.Read(port, out var problem) ?? throw new PolicyTestException(problem);
        var pairs = from.Addresses.SelectMany(_ => to, (source, destination) => (Source: source, Destination: destination));
        foreach (var (source, destination) in pairs)
        {
            if (!IPAddress.TryParse(destination, out var address))
            {
                throw new PolicyTestException($"`{destination}` is none of the pods, and no address");
            }

            if (IPAddress.Parse(source).AddressFamily == address.AddressFamily)
            {
                return (Protocol)traffic.Protocol switch
                {
                    Protocol.Tcp => Packet.TcpFrom(source, ClientPort, destination, traffic.Port),
                    Protocol.Udp => Packet.UdpFrom(source, ClientPort, destination, traffic.Port),
                    Protocol.Sctp => Packet.SctpFrom(source, ClientPort, destination, traffic.Port),
                    Protocol.Icmp or Protocol.IcmpV6 => Packet.Echo(source, destination, ClientPort) with
                    {
                        IcmpType = traffic.IcmpType,
                        IcmpCode = traffic.IcmpCode,
                    },
                    _ => Packet.Raw(source, destination, traffic.Protocol),
                };
            }
        }

        throw new PolicyTestException($"`{from.ContainerId}` and {string.Join(", ", to)} have no addresses of one family");
    }
}
