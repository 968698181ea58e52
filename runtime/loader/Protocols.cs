using System.Globalization;

namespace Netpol.Loader;

/// <summary>IANA protocol numbers of the names that manifests and specs use.</summary>
public static class Protocols
{
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Icmpv6 = 58;
    public const byte Sctp = 132;

    public static byte Number(string name) => TryNumber(name, out var number)
        ? number
        : throw new LoaderException($"`{name}` is no protocol with ports; use tcp, udp or sctp");

    public static bool TryNumber(string name, out byte number)
    {
        number = name switch
        {
            "tcp" => Tcp,
            "udp" => Udp,
            "sctp" => Sctp,
            _ => 0,
        };
        return number != 0;
    }

    /// <summary>The name people know, else the number.</summary>
    public static string Name(byte number) => number switch
    {
        Icmp => "icmp",
        Tcp => "tcp",
        Udp => "udp",
        Icmpv6 => "icmpv6",
        Sctp => "sctp",
        _ => number.ToString(CultureInfo.InvariantCulture),
    };
}
