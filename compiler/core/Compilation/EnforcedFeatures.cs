using System.Collections.Immutable;
using Netpol.Binding;
using Netpol.Compiler.Layout;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Text;

namespace Netpol.Compiler.Compilation;

/// <summary>What the language can say and no program enforces yet: it is refused by its name, where it stands.</summary>
internal static class EnforcedFeatures
{
    /// <summary><c>LIMITED_RULES</c> of <c>compiler/datapath/limit.h</c>.</summary>
    private const int MostLimits = 31;

    public static ImmutableArray<Diagnostic> Check(NetworkModel model, ImmutableArray<SourceFile> sources) => IsPlain(model) ? [] :
    [
        .. model.Services.SelectMany(Missing).Select(missing => TargetLimits.At(TargetDiagnostics.NotEnforced, missing.Origin, sources, missing.Feature)),
        .. model.Policies.SelectMany(policy => policy.Blocks).SelectMany(block => block.Rules).Where(rule => rule.Http is not null)
            .Select(rule => TargetLimits.At(TargetDiagnostics.NotEnforced, rule.Origin, sources, "`http`")),
        .. model.Policies.SelectMany(policy => policy.RulesOf(Direction.Egress)).Where(rule => HoldsNames(rule.Peer))
            .Select(rule => TargetLimits.At(TargetDiagnostics.NotEnforced, rule.Origin, sources, "`dns`")),
        .. model.Qos.Select(qos => TargetLimits.At(TargetDiagnostics.NotEnforced, qos.Origin, sources, "`qos`")),
        .. Enum.GetValues<Direction>().SelectMany(direction => TooManyLimits(model, direction)).Distinct()
            .Select(policy => TargetLimits.At(TargetDiagnostics.TooManyLimits, policy.Origin, sources, policy.Name, MostLimits)),
    ];

    // Nothing that could be refused: the common case, asked of every rule at every key stroke.
    private static bool IsPlain(NetworkModel model)
    {
        foreach (var policy in model.Policies)
        {
            foreach (var block in policy.Blocks)
            {
                foreach (var rule in block.Rules)
                {
                    if (rule.Http is not null || rule.Limit is not null || HoldsNames(rule.Peer))
                    {
                        return false;
                    }
                }
            }
        }

        return model.Qos.IsEmpty && !model.Services.SelectMany(Missing).Any();
    }

    private static bool HoldsNames(AddressSet set) => set is AddressSet.Dns || (set is AddressSet.Union union && union.Parts.Any(HoldsNames));

    private static IEnumerable<(Origin Origin, string Feature)> Missing(Service service)
    {
        foreach (var balancer in service.LoadBalancers.Where(balancer => balancer.From is { } from && !SourcePrefixes.IsOfAddresses(from)))
        {
            yield return (balancer.Origin, "`loadbalancer` from anything but addresses");
        }
    }

    // One connection asks the limited rules of all policies that select the endpoint, one after the other.
    private static IEnumerable<Policy> TooManyLimits(NetworkModel model, Direction direction)
    {
        var limited = model.Policies.Select(policy => (Policy: policy, Count: policy.RulesOf(direction).Count(rule => rule.Limit is not null)))
            .Where(pair => pair.Count > 0).ToList();
        return limited.Sum(pair => pair.Count) <= MostLimits
            ? []
            : limited.Where(pair => limited.Where(other => EndpointOverlap.IsPossible([pair.Policy.For, other.Policy.For], model.Namespaces))
                .Sum(other => other.Count) > MostLimits).Select(pair => pair.Policy);
    }
}
