using System.Collections.Immutable;
using Netpol.Bench.Counting;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.Templates;

namespace Netpol.Tests.Kernel.Datapath;

/// <summary>A node whose programs count. The shared ones are put in the place of the node's own, for good.</summary>
/// <typeparam name="TPlace">What a counter stands at.</typeparam>
internal sealed class InstrumentedNode<TPlace> : IDisposable
{
    private readonly TestNode _node;
    private readonly CountedTemplates<TPlace> _templates;

    /// <param name="isStraight">Whether packets may leave past the host's stack.</param>
    internal InstrumentedNode(TestNode node, string counters, Func<ProgramTemplate, List<TPlace>, ProgramTemplate> copyOf, bool isStraight)
    {
        var shared = isStraight ? GenerationBuilder.SharedPrograms : GenerationBuilder.ViaStack;
        _node = node;
        _templates = new CountedTemplates<TPlace>(node.Templates, counters, copyOf);
        for (var i = 0; i < shared.Length; i++)
        {
            using var program = Load(shared[i], null);
            node["programs"].Update(BitConverter.GetBytes(i), BitConverter.GetBytes(program.Handle.Number));
        }
    }

    /// <param name="container">Whose program it is; null: a shared one.</param>
    internal BpfProgram Load(string name, Container? container) => _templates.Load(
        name, map => map == EndpointPrograms.ConstantsSection && container is not null ? container.Constants : _node[map]);

    /// <inheritdoc cref="CountedTemplates{TPlace}.Take"/>
    internal ImmutableArray<(TPlace Place, ulong Count)> Take() => _templates.Take();

    public void Dispose() => _templates.Dispose();
}
