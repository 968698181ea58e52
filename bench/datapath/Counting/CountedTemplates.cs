using System.Collections.Immutable;
using Netpol.Loader.Native;
using Netpol.Loader.Templates;

namespace Netpol.Bench.Counting;

/// <summary>A bundle's programs with a counter at each call of a helper.</summary>
internal sealed class CountedTemplates : IDisposable
{
    private readonly Dictionary<string, ProgramTemplate> _templates = [];
    private readonly List<CallSite> _sites = [];
    private readonly BpfMap _counters;
    private readonly DescriptorHandle? _btf;

    internal CountedTemplates(TemplateSet templates)
    {
        _btf = templates.BtfId == 0
            ? null
            : DescriptorHandle.FromAnswer(LibBpf.bpf_btf_get_fd_by_id(templates.BtfId), "open the bundle's BTF");
        foreach (var template in templates.Programs)
        {
            _templates.Add(template.Name, Instrumentation.Of(template, _sites));
        }

        _counters = BpfMap.CreateArray("calls", 8 * _sites.Count);
    }

    /// <param name="maps">By name, but for the counters.</param>
    internal BpfProgram Load(string name, Func<string, BpfMap> maps) =>
        BpfProgram.Load(_templates[name], map => map == Instrumentation.Counters ? _counters : maps(map), _btf);

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
        _btf?.Dispose();
        _counters.Dispose();
    }
}
