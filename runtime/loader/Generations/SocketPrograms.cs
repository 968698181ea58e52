using System.Collections.Immutable;
using Netpol.Loader.Native;
using Netpol.Loader.Tables;

namespace Netpol.Loader.Generations;

/// <summary>
/// What a bundle with services does for sockets: programs of a generation that know its services, by its half of an array each, and what
/// a cgroup runs (<see cref="Hooks.CgroupHook"/>).
/// </summary>
internal static class SocketPrograms
{
    /// <summary>What a generation pins of them: stubs, and programs that use no table of the generation.</summary>
    internal static readonly ImmutableArray<string> OnCgroup =
    [
        "sock_connect4_stub", "sock_connect6_stub", "sock_sendmsg4_stub", "sock_sendmsg6_stub",
        "sock_recvmsg4", "sock_recvmsg6", "sock_getpeername4", "sock_getpeername6",
    ];

    private static readonly ImmutableArray<(string Program, string Array)> Leading =
    [
        ("sock_connect4", "connect4_programs"), ("sock_connect6", "connect6_programs"),
        ("sock_sendmsg4", "sendmsg4_programs"), ("sock_sendmsg6", "sendmsg6_programs"),
    ];

    internal static void Put(BpfObject loaded, MapSet maps, uint generation)
    {
        var key = generation & 1;
        foreach (var (program, array) in Leading)
        {
            if (loaded.ProgramDescriptor(program) is { } descriptor)
            {
                maps[array].Update(BpfMap.Bytes(ref key), BpfMap.Bytes(ref descriptor));
            }
        }
    }

    /// <summary>Empties a generation's half, if any bundle of this node ever had services: what is left there would keep its tables alive.</summary>
    internal static void Clear(PinFolder pins, uint generation)
    {
        var key = generation & 1;
        foreach (var (_, array) in Leading)
        {
            using var map = BpfMap.TryOpen(pins.NodeMap(array));
            map?.Delete(BpfMap.Bytes(ref key));
        }
    }
}
