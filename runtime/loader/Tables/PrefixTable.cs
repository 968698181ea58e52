using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using Netpol.Bundle;
using Netpol.Loader.Native;

namespace Netpol.Loader.Tables;

/// <summary><c>prefixes4</c> and <c>prefixes6</c>: the class of every address that has no entry of its own.</summary>
internal sealed class PrefixTable(MapSet maps)
{
    internal void Fill(ImmutableArray<PrefixEntry> prefixes)
    {
        foreach (var family in new[] { 4, 6 })
        {
            if (maps.Find($"prefixes{family}") is not { } map)
            {
                continue;
            }

            using MemoryStream keys = new();
            using MemoryStream values = new();
            var count = 0;
            foreach (var entry in prefixes)
            {
                var prefix = IPNetwork.Parse(entry.Prefix);
                var key = Key(prefix.BaseAddress, prefix.PrefixLength);
                if (key.Length == map.KeySize)
                {
                    keys.Write(key);
                    var value = (uint)entry.Class;
                    values.Write(BpfMap.Bytes(ref value));
                    count++;
                }
            }

            map.UpdateMany(keys.ToArray(), values.ToArray(), count);
        }
    }

    internal void Write(IPAddress address, uint addressClass) =>
        MapOf(address)?.Update(Key(address, address.GetAddressBytes().Length * 8), BpfMap.Bytes(ref addressClass));

    /// <summary>Removes a node's address; where the bundle itself has such a prefix, that one's class comes back.</summary>
    internal void Restore(IPAddress address, Func<Manifest> wholeManifest)
    {
        var length = address.GetAddressBytes().Length * 8;
        MapOf(address)?.Delete(Key(address, length));
        var manifest = wholeManifest();
        foreach (var entry in manifest.Prefixes)
        {
            var prefix = IPNetwork.Parse(entry.Prefix);
            if (prefix.PrefixLength == length && prefix.BaseAddress.Equals(address))
            {
                Write(address, (uint)entry.Class);
            }
        }
    }

    private BpfMap? MapOf(IPAddress address) => maps.Find(address.GetAddressBytes().Length == 4 ? "prefixes4" : "prefixes6");

    /// <summary>The length in host order, then the address: <c>struct prefix4_key</c>, <c>struct prefix6_key</c>.</summary>
    private static byte[] Key(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        var key = new byte[sizeof(uint) + bytes.Length];
        MemoryMarshal.Write(key, length);
        bytes.CopyTo(key, sizeof(uint));
        return key;
    }
}
