using System.Net;
using System.Runtime.InteropServices;
using Netpol.Loader;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;

namespace Netpol.Tests.Kernel.Loader;

/// <summary>Looks into pinned maps as a program would see them.</summary>
internal static class Maps
{
    /// <summary>What a slot holds: the kernel's name of a program, or nothing.</summary>
    public static string ProgramName(NodePaths paths, string array, int slot, uint generation)
    {
        if (ProgramId(paths, array, slot, generation) is not (> 0 and var id))
        {
            return "";
        }

        using var program = BpfProgram.OpenById(id, array);
        return program.KernelName;
    }

    /// <summary>0: the slot never had a program.</summary>
    public static uint ProgramId(NodePaths paths, string array, int slot, uint generation)
    {
        using var map = BpfMap.Open(Path.Combine(paths.Pins, array));
        var key = 2 * (uint)slot + (generation & 1);
        uint id = 0;
        return map.TryLookup(BpfMap.Bytes(ref key), BpfMap.Bytes(ref id)) ? id : 0;
    }

    /// <summary>The entry, and the first word of its class's members; null: no entry.</summary>
    public static (AddressEntry Head, ulong Members)? Address(NodePaths paths, uint generation, string address)
        => Entry(paths, generation, address) is { } entry ? (entry, Members(paths, generation, entry.Class)) : null;

    public static AddressEntry? Entry(NodePaths paths, uint generation, string address)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        using var map = Open(paths, generation, bytes.Length == 4 ? "addresses4" : "addresses6");
        AddressEntry entry = default;
        return map.TryLookup(bytes, BpfMap.Bytes(ref entry)) ? entry : null;
    }

    public static ulong Prefix(NodePaths paths, uint generation, string address)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        using var map = Open(paths, generation, bytes.Length == 4 ? "prefixes4" : "prefixes6");
        byte[] key = [(byte)(bytes.Length * 8), 0, 0, 0, .. bytes];
        var value = new byte[map.ValueSize];
        Assert.True(map.TryLookup(key, value));
        return Members(paths, generation, MemoryMarshal.Read<uint>(value));
    }

    private static ulong Members(NodePaths paths, uint generation, uint addressClass)
    {
        Assert.NotEqual(0U, addressClass);
        using var map = Open(paths, generation, "class_members");
        ulong members = 0;
        Assert.True(map.TryLookup(BpfMap.Bytes(ref addressClass), BpfMap.Bytes(ref members)));
        return members;
    }

    /// <summary>The service's count, and the backends that a program could draw, in order: <c>address:port</c>.</summary>
    public static IEnumerable<string> Backends(NodePaths paths, uint generation, string address, int port, byte protocol, uint portId)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        var family = bytes.Length == 4 ? 4 : 6;
        using var services = Open(paths, generation, $"services{family}");
        using var backends = Open(paths, generation, $"backends{family}");
        byte[] key = [.. bytes, (byte)(port >> 8), (byte)port, protocol, 0];
        Service service = default;
        Assert.True(services.TryLookup(key, BpfMap.Bytes(ref service)));
        Assert.Equal(portId, service.Port);
        List<string> found = [];
        for (uint index = 0; index < service.Backends; index++)
        {
            BackendKey backendKey = new() { Port = portId, Index = index };
            var value = new byte[backends.ValueSize];
            Assert.True(backends.TryLookup(BpfMap.Bytes(ref backendKey), value));
            found.Add($"{new IPAddress(value.AsSpan(0, bytes.Length))}:{value[bytes.Length] << 8 | value[bytes.Length + 1]}");
        }

        return found;
    }

    public static int Count(NodePaths paths, uint generation, string name)
    {
        using var map = Open(paths, generation, name);
        return map.Keys().Count;
    }

    private static BpfMap Open(NodePaths paths, uint generation, string name) =>
        BpfMap.Open(Path.Combine(paths.Pins, "generations", $"{generation}", name));
}
