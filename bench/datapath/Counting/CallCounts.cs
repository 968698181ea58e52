using System.Collections.Immutable;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.Tables;
using Netpol.Loader.Templates;

namespace Netpol.Bench.Counting;

/// <summary>The world's programs with a counter at each call of a helper, in the place of those that were measured. There is no way back.</summary>
internal sealed class CallCounts : IDisposable
{
    private const string Programs = "programs";

    private readonly World _world;
    private readonly Dictionary<string, ProgramTemplate> _templates = [];
    private readonly List<CallSite> _sites = [];
    private readonly Dictionary<BpfProgram, BpfProgram> _stubs = [];
    private readonly BpfMap _counters;
    private readonly DescriptorHandle? _btf;

    internal CallCounts(World world)
    {
        _world = world;
        var generation = world.Generation;
        _btf = generation.Templates.BtfId == 0
            ? null
            : DescriptorHandle.FromAnswer(LibBpf.bpf_btf_get_fd_by_id(generation.Templates.BtfId), "open the bundle's BTF");
        foreach (var template in generation.Templates.Programs)
        {
            _templates.Add(template.Name, Instrumentation.Of(template, _sites));
        }

        _counters = BpfMap.CreateArray("calls", 8 * _sites.Count);
        for (var i = 0; i < CountSession.SharedPrograms.Length; i++)
        {
            using var program = Load(CountSession.SharedPrograms[i], null);
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

    /// <summary>Calls since the last time, by place; those that were not made are left out.</summary>
    internal ImmutableArray<(CallSite Site, ulong Calls)> Take()
    {
        var value = new byte[_counters.ValueSize];
        _counters.TryLookup(new byte[4], value);
        _counters.Update(new byte[4], new byte[_counters.ValueSize]);
        return [.. _sites.Select((site, index) => (site, BitConverter.ToUInt64(value, 8 * index))).Where(pair => pair.Item2 > 0)];
    }

    public void Dispose()
    {
        foreach (var stub in _stubs.Values)
        {
            stub.Dispose();
        }

        _btf?.Dispose();
        _counters.Dispose();
    }

    /// <param name="constants">Of the endpoint; null: of nobody, the program has none.</param>
    private BpfProgram Load(string name, BpfMap? constants) => BpfProgram.Load(
        _templates[name],
        map => map == Instrumentation.Counters ? _counters
            : map == EndpointPrograms.ConstantsSection && constants is not null ? constants
            : _world.Map(map),
        _btf);
}
