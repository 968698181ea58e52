using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>
/// The exact difference of two models. What both have alike is not looked at: a connection that no other rule matches is judged the
/// same. What is left is judged under both, and falls into disjoint regions; docs/decisions/0020.
/// </summary>
public static class ModelComparison
{
    /// <exception cref="InvalidOperationException">The evaluator does not agree: a mistake of ours.</exception>
    /// <exception cref="AnalysisTooLargeException">The two differ in more than memory has room for.</exception>
    public static ModelDifference Compare(NetworkModel old, NetworkModel @new)
    {
        try
        {
            return CompareAll(old, @new);
        }
        catch (ProofTooLargeException)
        {
            throw new AnalysisTooLargeException();
        }
    }

    private static ModelDifference CompareAll(NetworkModel old, NetworkModel @new)
    {
        var space = new JudgementSpace([old, @new]);
        var effects = new ChangeEffects(space, old, @new);
        return new(
            [.. new[] { Direction.Egress, Direction.Ingress }.SelectMany(direction => new DirectionComparison(space, direction, effects).Regions())],
            new ServiceComparison(space, effects.ConstraintsOf(Direction.Ingress)).Compare(old, @new),
            [.. AddressRegions.Families.Select(family => new FamilyChange(family, IsJudged(old, family), IsJudged(@new, family)))
                .Where(change => change.WasJudged != change.IsJudged)])
        {
            Qos = [.. QosComparison.Compare(space, effects.ConstraintsOf(Direction.Egress), old, @new)],
        };
    }

    private static bool IsJudged(NetworkModel model, IpFamily family) => family == IpFamily.V4 ? model.Cluster.HasV4 : model.Cluster.HasV6;
}

/// <summary>An analysis would take more memory than is reasonable; nothing is known.</summary>
public sealed class AnalysisTooLargeException : Exception;
