using System.Collections.Immutable;
using Netpol.Loader.Native;
using Netpol.Loader.Templates;

namespace Netpol.Bench.Counting;

/// <summary>A bundle's programs with counters put into them.</summary>
/// <typeparam name="TPlace">What a counter stands at.</typeparam>
internal sealed class CountedTemplates<TPlace> : IDisposable
{
    private readonly Dictionary<string, ProgramTemplate> _templates = [];
    private readonly List<TPlace> _places = [];
    private readonly string _name;
    private readonly BpfMap _counters;
    private readonly DescriptorHandle? _btf;

    /// <param name="counters">The map of counters, as the copies name it.</param>
    /// <param name="copyOf">A copy of a program that counts; each place that it counts is added, in the order of the counters.</param>
    internal CountedTemplates(TemplateSet templates, string counters, Func<ProgramTemplate, List<TPlace>, ProgramTemplate> copyOf)
    {
        _name = counters;
        _btf = templates.BtfId == 0
            ? null
            : DescriptorHandle.FromAnswer(LibBpf.bpf_btf_get_fd_by_id(templates.BtfId), "open the bundle's BTF");
        foreach (var template in templates.Programs)
        {
            _templates.Add(template.Name, copyOf(template, _places));
        }

        _counters = BpfMap.CreateArray("counters", sizeof(ulong) * _places.Count);
    }

    /// <param name="maps">By name, but for the counters.</param>
    internal BpfProgram Load(string name, Func<string, BpfMap> maps) =>
        BpfProgram.Load(_templates[name], map => map == _name ? _counters : maps(map), _btf);

    /// <summary>What was counted since the last time, by place; places where nothing was are left out.</summary>
    internal ImmutableArray<(TPlace Place, ulong Count)> Take()
    {
        var value = new byte[_counters.ValueSize];
        _counters.TryLookup(new byte[4], value);
        _counters.Update(new byte[4], new byte[_counters.ValueSize]);
        return [.. _places.Select((place, index) => (place, BitConverter.ToUInt64(value, sizeof(ulong) * index))).Where(pair => pair.Item2 > 0)];
    }

    public void Dispose()
    {
        _btf?.Dispose();
        _counters.Dispose();
    }
}
