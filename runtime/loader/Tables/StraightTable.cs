using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Netpol.Bundle;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary><c>straight4</c> and <c>straight6</c>: which destinations packets go to past the host's stack.</summary>
internal static class StraightTable
{
    /// <summary>What no router sends on, or only by groups: <c>ip_forward</c> and <c>ip6_forward</c> of the kernel know more of it.</summary>
    private static readonly ImmutableArray<IPNetwork> NeverStraight =
    [
        .. new[] { "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/127", "::ffff:0:0/96", "fe80::/10", "ff00::/8" }.Select(IPNetwork.Parse),
    ];

    /// <summary>A prefix as people write it, or one address.</summary>
    /// <exception cref="LoaderException">It is neither.</exception>
    internal static IPNetwork Parse(string text)
    {
        // The framework takes 10.9.0.1/16 for 10.9.0.0/16; who writes that means one of both.
        if (IPNetwork.TryParse(text, out var network) && IPAddress.Parse(text.AsSpan(0, text.IndexOf('/'))).Equals(network.BaseAddress))
        {
            return network;
        }

        return !text.Contains('/') && IPAddress.TryParse(text, out var address) && address.ScopeIdOrZero() == 0
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw new LoaderException($"`{text}` is no prefix: write an address and a length, such as 10.244.0.0/16, all bits behind the length zero");
    }

    internal static void Require(StraightDelivery delivery)
    {
        foreach (var text in delivery.To.Where(text => text != StraightDelivery.Pods).Concat(delivery.ViaStack))
        {
            _ = Parse(text);
        }
    }

    /// <summary>The entries that say it; an exception holds for all that is within it.</summary>
    internal static ImmutableArray<(IPNetwork Prefix, bool IsAllowed)> Entries(Manifest manifest, StraightDelivery delivery)
    {
        var exceptions = delivery.ViaStack.Select(Parse).Concat(NeverStraight).Distinct().ToArray();
        var allowed = delivery.To
            .SelectMany(text => text == StraightDelivery.Pods ? PodsOf(manifest) : [text])
            .Select(Parse).Distinct()
            .Where(prefix => !exceptions.Any(exception => Contains(exception, prefix)))
            .ToArray();
        return
        [
            .. allowed.Select(prefix => (prefix, true)),
            .. exceptions.Where(exception => allowed.Any(prefix => Contains(prefix, exception))).Select(exception => (exception, false)),
        ];
    }

    /// <returns>Whether anything goes straight.</returns>
    internal static bool Fill(MapSet maps, Manifest manifest, StraightDelivery delivery)
    {
        var isUsed = false;
        foreach (var (suffix, family) in new[] { ("4", AddressFamily.InterNetwork), ("6", AddressFamily.InterNetworkV6) })
        {
            if (maps.Find($"straight{suffix}") is not { } map)
            {
                continue;
            }

            var entries = Entries(manifest, delivery).Where(entry => entry.Prefix.BaseAddress.AddressFamily == family).ToArray();
            if (entries.Length > map.MaxEntries)
            {
                throw new LoaderException($"{entries.Length} prefixes go straight or are exceptions to it; {map.MaxEntries} a family are the most");
            }

            foreach (var (prefix, isAllowed) in entries)
            {
                StraightEntry entry = new() { IsAllowed = isAllowed ? 1U : 0 };
                map.Update(Key(prefix), BpfMap.Bytes(ref entry));
                isUsed |= isAllowed;
            }
        }

        return isUsed;
    }

    private static ImmutableArray<string> PodsOf(Manifest manifest) => manifest.PodRanges
        ?? throw new LoaderException(
            $"packets to `{StraightDelivery.Pods}` are to go straight, and the bundle does not say which addresses these are: declare `cluster {{ pods … }}`, " +
            "or name prefixes in its place");

    /// <summary>By bits: the framework takes IPv4-mapped addresses for IPv4.</summary>
    private static bool Contains(IPNetwork outer, IPNetwork inner)
    {
        byte[] one = outer.BaseAddress.GetAddressBytes(), other = inner.BaseAddress.GetAddressBytes();
        return one.Length == other.Length && outer.PrefixLength <= inner.PrefixLength &&
            Enumerable.Range(0, outer.PrefixLength).All(bit => ((one[bit / 8] ^ other[bit / 8]) & (0x80 >> (bit % 8))) == 0);
    }

    /// <summary>As <c>struct prefix4_key</c> and <c>struct prefix6_key</c>.</summary>
    private static byte[] Key(IPNetwork prefix)
    {
        var bytes = prefix.BaseAddress.GetAddressBytes();
        var key = new byte[sizeof(uint) + bytes.Length];
        MemoryMarshal.Write(key, prefix.PrefixLength);
        bytes.CopyTo(key, sizeof(uint));
        return key;
    }

    private static long ScopeIdOrZero(this IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? address.ScopeId : 0;
}
