using System.Globalization;
using Netpol.Loader.Abi;
using Netpol.Loader.Native;
using Netpol.Loader.State;
using Netpol.Loader.Tables;
using Netpol.Loader.Templates;

namespace Netpol.Loader.Generations;

/// <summary>Loads a container's own programs from templates: a frozen map of constants, descriptors put in, <c>bpf_prog_load</c>.</summary>
internal sealed class EndpointPrograms : IDisposable
{
    internal const string ConstantsSection = ".rodata.endpoint";
    internal const int MaxOwnAddresses = 4;

    private readonly TemplateSet _templates;
    private readonly MapSet _maps;
    private readonly uint _generation;
    private readonly StateFolder _state;
    private readonly DescriptorHandle? _btf;

    internal EndpointPrograms(TemplateSet templates, MapSet maps, uint generation, StateFolder state)
    {
        (_templates, _maps, _generation, _state) = (templates, maps, generation, state);
        _btf = templates.BtfId == 0
            ? null
            : DescriptorHandle.FromAnswer(LibBpf.bpf_btf_get_fd_by_id(templates.BtfId), "open the BTF of the bundle in charge");
    }

    /// <summary>What runs in the endpoint's slot. The verifier takes milliseconds for each, so both are loaded at once.</summary>
    internal ProgramPair LoadJudges(PlacedEndpoint endpoint)
    {
        using var constants = BpfMap.CreateConstants("endpoint", Constants(endpoint, _generation));
        Errand<BpfProgram> to = new(() => Load(_templates["to_endpoint"], constants));
        BpfProgram from;
        try
        {
            from = Load(_templates["from_endpoint"], constants);
        }
        catch
        {
            to.Abandon();
            throw;
        }

        return Pair(from, to.Await);
    }

    /// <summary>What runs on a device: all it knows of its container is the slot.</summary>
    internal ProgramPair LoadStubs(int slot)
    {
        EndpointConstants known = new() { Slot = (uint)slot };
        using var constants = BpfMap.CreateConstants("endpoint", BpfMap.Bytes(ref known));
        return Pair(Load(_templates[TemplateSet.FromStub], constants), () => Load(_templates[TemplateSet.ToStub], constants));
    }

    /// <summary>Constants by which the verifier sees all of the code once, before there is any container.</summary>
    internal static byte[] Sample()
    {
        EndpointConstants constants = new()
        {
            Slot = 1,
            Endpoint = 1,
            Ifindex = 1,
            Addresses4 = MaxOwnAddresses,
            Addresses6 = MaxOwnAddresses,
        };
        constants.Mac[0] = 2;
        for (var i = 0; i < MaxOwnAddresses; i++)
        {
            constants.Address4[i][0] = (byte)(i + 1);
            constants.Address6[i][0] = (byte)(i + 1);
        }

        return BpfMap.Bytes(ref constants).ToArray();
    }

    internal static byte[] Constants(PlacedEndpoint endpoint, uint generation)
    {
        EndpointConstants constants = new()
        {
            Slot = (uint)endpoint.Record.Slot,
            Endpoint = endpoint.Record.Id,
            Ifindex = (uint)endpoint.Record.InterfaceIndex,
            Generation = generation,
        };
        if (endpoint.Record.Spec.Mac is { Length: > 0 } mac)
        {
            var octets = mac.Split(':');
            for (var i = 0; i < octets.Length; i++)
            {
                constants.Mac[i] = byte.Parse(octets[i], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }
        }

        foreach (var address in endpoint.Addresses)
        {
            var bytes = address.GetAddressBytes();
            if (bytes.Length == 4)
            {
                bytes.CopyTo(constants.Address4[constants.Addresses4++]);
            }
            else
            {
                bytes.CopyTo(constants.Address6[constants.Addresses6++]);
            }
        }

        return BpfMap.Bytes(ref constants).ToArray();
    }

    public void Dispose() => _btf?.Dispose();

    private static ProgramPair Pair(BpfProgram from, Func<BpfProgram> to)
    {
        try
        {
            return new ProgramPair(from, to());
        }
        catch
        {
            from.Dispose();
            throw;
        }
    }

    private BpfProgram Load(ProgramTemplate template, BpfMap constants)
    {
        try
        {
            return BpfProgram.Load(template, name => name == ConstantsSection ? constants : _maps[name], _btf);
        }
        catch (RefusedException e)
        {
            throw Refusal.Of(e, _state);
        }
    }
}
