using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>Which selections can be of one endpoint: those with the same number once, however many policies have it.</summary>
internal sealed class SelfOverlaps(DecisionDiagram diagram, IEnumerable<int> selections)
{
    private readonly List<int> _selections = [.. selections.Distinct()];
    private readonly Dictionary<int, List<int>> _known = [];

    public IReadOnlyList<int> Of(int selection)
    {
        if (!_known.TryGetValue(selection, out var overlapping))
        {
            _known.Add(selection, overlapping = [.. _selections.Where(other => diagram.Meet(selection, other))]);
        }

        return overlapping;
    }
}
