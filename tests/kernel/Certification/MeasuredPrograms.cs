using Netpol.Loader.Native;
using Netpol.Tests.Kernel.Datapath;

namespace Netpol.Tests.Kernel.Certification;

/// <summary>How often a program was entered, and how many instructions ran in it.</summary>
internal readonly record struct Measured(string Program, long Entries, long Instructions);

/// <summary>The node's programs with a counter at each block. It puts its own in the place of the node's shared ones, for good.</summary>
internal sealed class MeasuredPrograms(TestNode node) : IDisposable
{
    private readonly InstrumentedNode<CountedBlock> _instrumented = new(node, CountedBlocks.Counters, CountedBlocks.Of, isStraight: true);

    internal BpfProgram Load(string name, Container? container) => _instrumented.Load(name, container);

    /// <summary>What has run since the last time.</summary>
    internal List<Measured> Take() =>
    [
        .. _instrumented.Take().GroupBy(counted => counted.Place.Program, counted => (Block: counted.Place, Count: (long)counted.Count))
            .Select(program => new Measured(
                program.Key, program.Where(item => item.Block.IsEntry).Sum(item => item.Count), program.Sum(item => item.Count * item.Block.Instructions)))
            .Where(measured => measured.Entries > 0),
    ];

    public void Dispose() => _instrumented.Dispose();
}
