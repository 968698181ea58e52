using System.Collections.Immutable;

namespace Netpol.Model;

/// <summary>
/// The address ranges that mean the same everywhere. The one place for them: the evaluator, the layout of the prefix
/// tables and the checks of declarations read it.
/// </summary>
public static class WellKnown
{
    /// <summary>RFC 1122 3.2.1.3 and RFC 4291 2.5.3.</summary>
    public static ImmutableArray<Prefix> Loopback { get; } = [Prefix.Parse("127.0.0.0/8"), Prefix.Parse("::1/128")];

    /// <summary>RFC 5771 and RFC 4291 2.7.</summary>
    public static ImmutableArray<Prefix> Multicast { get; } = [Prefix.Parse("224.0.0.0/4"), Prefix.Parse("ff00::/8")];

    /// <summary>The limited broadcast of RFC 919; directed ones can't be told from hosts without the subnet's mask.</summary>
    public static ImmutableArray<Prefix> Broadcast { get; } = [Prefix.Parse("255.255.255.255/32")];

    /// <summary>The addresses that are none: <c>0.0.0.0</c> and <c>::</c>.</summary>
    public static ImmutableArray<Prefix> Unspecified { get; } = [Prefix.Parse("0.0.0.0/32"), Prefix.Parse("::/128")];

    /// <summary>RFC 4291 2.5.6; every IPv6 interface has one beside the addresses it was given.</summary>
    public static Prefix LinkLocalV6 { get; } = Prefix.Parse("fe80::/10");

    /// <summary>
    /// Where what an address is changes: the boundaries that an address space split for sets must respect.
    /// </summary>
    public static ImmutableArray<Prefix> All { get; } = [.. Loopback, .. Multicast, .. Broadcast, .. Unspecified, LinkLocalV6];

    /// <summary>Can the address name one interface? Loopback is unicast too.</summary>
    public static bool IsUnicast(Address address) =>
        !Contains(Multicast, address) && !Contains(Broadcast, address) && !Contains(Unspecified, address);

    public static bool IsLoopback(Address address) => Contains(Loopback, address);

    private static bool Contains(ImmutableArray<Prefix> prefixes, Address address)
    {
        foreach (var prefix in prefixes)
        {
            if (prefix.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
