using System.Collections.Immutable;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.Tables;

namespace Netpol.Bench.Counting;

/// <summary>The world's programs with a counter at each call of a helper, in the place of those that were measured. There is no way back.</summary>
internal sealed class CallCounts : IDisposable
{
    private const string Programs = "programs";

    private readonly World _world;
    private readonly CountedTemplates<CallSite> _templates;
    private readonly Dictionary<BpfProgram, BpfProgram> _stubs = [];

    internal CallCounts(World world)
    {
        _world = world;
        var generation = world.Generation;
        _templates = new CountedTemplates<CallSite>(generation.Templates, Instrumentation.Counters, Instrumentation.Of);
        for (var i = 0; i < GenerationBuilder.ViaStack.Length; i++)
        {
            using var program = Load(GenerationBuilder.ViaStack[i], null);
            generation.Maps[Programs].Update(BitConverter.GetBytes(i), BitConverter.GetBytes(program.Handle.Number));
        }

        foreach (var record in world.State.ReadEndpoints())
        {
            using var constants = BpfMap.CreateConstants("endpoint", EndpointPrograms.Constants(new PlacedEndpoint(record), generation.Number));
            using BpfProgram from = Load("from_endpoint", constants), to = Load("to_endpoint", constants);
            generation.Slots.Put(record.Slot, from, to);
            if (record.Id == world.Endpoints[0].Id)
            {
                _stubs.Add(world.FromClient, Load("from_endpoint_stub", constants));
                _stubs.Add(world.ToClient, Load("to_endpoint_stub", constants));
            }
            else
            {
                _stubs.Add(world.FromServer, Load("from_endpoint_stub", constants));
            }
        }
    }

    /// <summary>What is to be driven in the place of a program on a device.</summary>
    internal BpfProgram InPlaceOf(BpfProgram stub) => _stubs[stub];

    internal ImmutableArray<(CallSite Place, ulong Count)> Take() => _templates.Take();

    public void Dispose()
    {
        foreach (var stub in _stubs.Values)
        {
            stub.Dispose();
        }

        _templates.Dispose();
    }

    /// <param name="constants">Of the endpoint; null: of nobody, the program has none.</param>
    private BpfProgram Load(string name, BpfMap? constants) => _templates.Load(
        name, map => map == EndpointPrograms.ConstantsSection && constants is not null ? constants : _world.Map(map));
}
