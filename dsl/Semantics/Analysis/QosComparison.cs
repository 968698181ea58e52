using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>Who is given other traffic by one model than by another, over every endpoint there could be.</summary>
internal static class QosComparison
{
    public static IEnumerable<QosChange> Compare(JudgementSpace space, JudgementConstraints constraints, NetworkModel old, NetworkModel @new)
    {
        if (old.Qos.IsEmpty && @new.Qos.IsEmpty)
        {
            return [];
        }

        var ends = new EndDescriptions(space, constraints);
        var changed = from before in Parts(space, constraints, old, 0)
                      from after in Parts(space, constraints, @new, 1)
                      where before.Qos != after.Qos
                      let both = space.Diagram.And(before.Endpoints, after.Endpoints)
                      where both != DecisionDiagram.False
                      select (before.Qos, After: after.Qos, Endpoints: both);
        return changed.Select(part => new QosChange(ends.OfSelf(part.Endpoints), part.Qos, part.After));
    }

    /// <summary>Disjoint, and together every endpoint.</summary>
    private static List<(EffectiveQos Qos, int Endpoints)> Parts(JudgementSpace space, JudgementConstraints constraints, NetworkModel model, int number)
    {
        var parts = new List<(EffectiveQos Qos, int Endpoints)> { (default, constraints.Self) };

        // Of several the lowest counts: who has one keeps it.
        foreach (var qos in model.Qos.Where(qos => qos.Egress is not null).OrderBy(qos => qos.Egress?.BitsPerSecond))
        {
            Split(qos, known => known.Egress is null, known => known with { Egress = Rate(qos.Egress) });
        }

        foreach (var qos in model.Qos.Where(qos => qos.Ingress is not null).OrderBy(qos => qos.Ingress?.BitsPerSecond))
        {
            Split(qos, known => known.Ingress is null, known => known with { Ingress = Rate(qos.Ingress) });
        }

        foreach (var qos in model.Qos.Where(qos => qos.Priority is not null))
        {
            Split(qos, known => known.Priority is null, known => known with { Priority = qos.Priority });
        }

        return [.. parts.GroupBy(part => part.Qos)
            .Select(same => (same.Key, same.Aggregate(DecisionDiagram.False, (all, part) => space.Diagram.Or(all, part.Endpoints))))];

        void Split(Qos qos, Func<EffectiveQos, bool> isOpen, Func<EffectiveQos, EffectiveQos> with)
        {
            var selected = space.SelfSets[number].Contains(qos.For);
            parts = [.. parts.SelectMany(part => !isOpen(part.Qos) ? [part] : new[]
            {
                (with(part.Qos), space.Diagram.And(part.Endpoints, selected)),
                (part.Qos, space.Diagram.Minus(part.Endpoints, selected)),
            }).Where(part => part.Item2 != DecisionDiagram.False)];
        }
    }

    private static EffectiveRate? Rate(QosRate? rate) => rate is null ? null : new(rate.BitsPerSecond, rate.BurstBytes);
}
