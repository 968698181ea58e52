using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.Templates;
using Netpol.Tests.Kernel.Datapath;

namespace Netpol.Tests.Kernel.Certification;

/// <summary>How often a program was entered, and how many instructions ran in it.</summary>
internal readonly record struct Measured(string Program, long Entries, long Instructions);

/// <summary>The node's programs with a counter at each block. It puts its own in the place of the node's shared ones, for good.</summary>
internal sealed class MeasuredPrograms : IDisposable
{
    private readonly TestNode _node;
    private readonly Dictionary<string, ProgramTemplate> _templates = [];
    private readonly List<CountedBlock> _blocks = [];
    private readonly BpfMap _counters;
    private readonly DescriptorHandle _btf;

    internal MeasuredPrograms(TestNode node)
    {
        _node = node;
        _btf = DescriptorHandle.FromAnswer(LibBpf.bpf_btf_get_fd_by_id(node.Templates.BtfId), "open the object's BTF");
        foreach (var template in node.Templates.Programs)
        {
            _templates.Add(template.Name, CountedBlocks.Of(template, _blocks));
        }

        _counters = BpfMap.CreateArray("blocks", 8 * _blocks.Count);
        for (var i = 0; i < GenerationBuilder.SharedPrograms.Length; i++)
        {
            using var program = Load(GenerationBuilder.SharedPrograms[i], null);
            node["programs"].Update(BitConverter.GetBytes(i), BitConverter.GetBytes(program.Handle.Number));
        }
    }

    internal BpfProgram Load(string name, Container? container) => BpfProgram.Load(
        _templates[name],
        map => map == CountedBlocks.Counters ? _counters
            : map == EndpointPrograms.ConstantsSection && container is not null ? container.Constants : _node[map],
        _btf);

    /// <summary>What has run since the last time.</summary>
    internal List<Measured> Take()
    {
        var value = new byte[_counters.ValueSize];
        _counters.TryLookup(new byte[4], value);
        _counters.Update(new byte[4], new byte[_counters.ValueSize]);
        return [.. _blocks.Index().GroupBy(item => item.Item.Program, item => (Block: item.Item, Count: BitConverter.ToInt64(value, 8 * item.Index)))
            .Select(program => new Measured(
                program.Key, program.Where(item => item.Block.IsEntry).Sum(item => item.Count), program.Sum(item => item.Count * item.Block.Instructions)))
            .Where(measured => measured.Entries > 0)];
    }

    public void Dispose()
    {
        _counters.Dispose();
        _btf.Dispose();
    }
}
