using System.Runtime.InteropServices;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;

namespace Netpol.Loader.Generations;

/// <summary>Epoch and policy of <c>struct state</c>: the commit point of every change within a generation.</summary>
internal static class StateWord
{
    internal const string MapName = "state";

    internal static GenerationState Read(BpfMap state)
    {
        GenerationState read = default;
        uint index = 0;
        _ = state.TryLookup(BpfMap.Bytes(ref index), BpfMap.Bytes(ref read));
        return read;
    }

    /// <summary>Of a generation that is not in charge yet.</summary>
    internal static void Fill(BpfMap state, uint generation, uint epoch, bool asksSockets = false)
    {
        GenerationState first = new() { Epoch = epoch, Policy = epoch, Generation = generation, Sockets = asksSockets ? 1u : 0 };
        uint index = 0;
        state.Update(BpfMap.Bytes(ref index), BpfMap.Bytes(ref first));
    }

    /// <summary>Before the first socket is led. It is never taken back: a socket keeps what it was given.</summary>
    internal static void AskSockets(BpfMap state) => state.Store(1, Marshal.OffsetOf<GenerationState>(nameof(GenerationState.Sockets)).ToInt32());

    /// <summary>One aligned 8-byte store: every packet sees both words of before, or both of now.</summary>
    internal static void Commit(BpfMap state, uint epoch, uint policy)
    {
        GenerationState both = new() { Epoch = epoch, Policy = policy };
        state.Store(MemoryMarshal.Read<ulong>(BpfMap.Bytes(ref both)));
    }
}
