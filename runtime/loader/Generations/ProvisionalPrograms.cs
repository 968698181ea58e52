using System.Collections.Immutable;
using Netpol.Loader.Native;
using Netpol.Loader.Tables;

namespace Netpol.Loader.Generations;

/// <summary>
/// The judges that every container can be served by at once: loaded with the generation, they read a container's constants from
/// <c>endpoint_constants</c> where its own programs have them folded in. Both decide alike; these take a look-up more.
/// </summary>
internal static class ProvisionalPrograms
{
    private const string From = "from_endpoint_provisional";
    private const string To = "to_endpoint_provisional";
    private const string Idle = "idle_stub";
    private const string Vacant = "vacant";
    private const string ConstantsMap = "endpoint_constants";

    /// <summary>What a generation pins beside its maps.</summary>
    internal static readonly ImmutableArray<string> Names = [From, To, Idle, Vacant];

    internal static void Serve(PinFolder pins, Generation generation, PlacedEndpoint endpoint)
    {
        var slot = (uint)endpoint.Record.Slot;
        generation.Maps[ConstantsMap].Update(BpfMap.Bytes(ref slot), EndpointPrograms.Constants(endpoint, generation.Number));
        using var from = BpfProgram.OpenPinned(pins.GenerationProgram(generation.Number, From), From);
        using var to = BpfProgram.OpenPinned(pins.GenerationProgram(generation.Number, To), To);
        generation.Slots.Put(endpoint.Record.Slot, from, to);
    }

    /// <summary>What a slot holds that a container has left. Null: the generation is of a bundle that has none.</summary>
    internal static BpfProgram? TryOpenVacant(PinFolder pins, uint generation) =>
        BpfProgram.TryOpenPinned(pins.GenerationProgram(generation, Vacant), Vacant);

    internal static bool IsVacant(BpfProgram program) => program.KernelName == Vacant;

    /// <summary>Judges nothing: what a TCX link runs until it takes over.</summary>
    internal static BpfProgram OpenIdle(PinFolder pins, Generation generation) =>
        BpfProgram.OpenPinned(pins.GenerationProgram(generation.Number, Idle), Idle);
}
