using System.Collections.Frozen;
using Netpol.Model;

namespace Netpol.Binding;

/// <summary>Names of ICMP types, as IANA's registries have them (RFC 792, RFC 4443, RFC 4861).</summary>
public static class IcmpTypes
{
    private static readonly FrozenDictionary<string, byte> V4 = new Dictionary<string, byte>
    {
        ["echo-reply"] = 0,
        ["destination-unreachable"] = 3,
        ["redirect"] = 5,
        ["echo-request"] = 8,
        ["router-advertisement"] = 9,
        ["router-solicitation"] = 10,
        ["time-exceeded"] = 11,
        ["parameter-problem"] = 12,
        ["timestamp-request"] = 13,
        ["timestamp-reply"] = 14,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, byte> V6 = new Dictionary<string, byte>
    {
        ["destination-unreachable"] = 1,
        ["packet-too-big"] = 2,
        ["time-exceeded"] = 3,
        ["parameter-problem"] = 4,
        ["echo-request"] = 128,
        ["echo-reply"] = 129,
        ["router-solicitation"] = 133,
        ["router-advertisement"] = 134,
        ["neighbor-solicitation"] = 135,
        ["neighbor-advertisement"] = 136,
        ["redirect"] = 137,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static byte? Find(IpFamily family, string name) => Table(family).TryGetValue(name, out var type) ? type : null;

    /// <summary>All names, in order.</summary>
    public static IEnumerable<string> Names(IpFamily family) => Table(family).Keys.Order(StringComparer.Ordinal);

    private static FrozenDictionary<string, byte> Table(IpFamily family) => family == IpFamily.V4 ? V4 : V6;
}
