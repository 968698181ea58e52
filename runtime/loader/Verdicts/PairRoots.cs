using System.Runtime.CompilerServices;

namespace Netpol.Loader.Verdicts;

/// <summary>One half of <c>struct verdict_pair</c> of abi.h, by <see cref="Netpol.Bundle.Verdicts.TrafficSpace"/>.</summary>
[InlineArray(Spaces)]
internal struct PairRoots
{
    internal const int Spaces = 8;

    private uint _first;
}
