using Netpol.Model;

namespace Netpol.Tests.Kernel.Agreement;

/// <summary>Makes a model in which two engines disagree smaller, as long as they still do.</summary>
internal static class Reduction
{
    internal static NetworkModel Reduce(NetworkModel model, Func<NetworkModel, bool> disagree)
    {
        while (Smaller(model).FirstOrDefault(disagree) is { } smaller)
        {
            model = smaller;
        }

        return model;
    }

    /// <summary>Without one policy, service, block, rule or port; larger cuts first.</summary>
    private static IEnumerable<NetworkModel> Smaller(NetworkModel model)
    {
        foreach (var policy in model.Policies)
        {
            yield return model with { Policies = model.Policies.Remove(policy) };
        }

        foreach (var service in model.Services.Where(service => !IsAskedFor(model, service.Name)))
        {
            yield return model with { Services = model.Services.Remove(service) };
        }

        foreach (var policy in model.Policies)
        {
            NetworkModel With(Policy changed) => model with { Policies = model.Policies.Replace(policy, changed) };
            foreach (var block in policy.Blocks)
            {
                if (policy.Blocks.Length > 1)
                {
                    yield return With(policy with { Blocks = policy.Blocks.Remove(block) });
                }

                foreach (var rule in block.Rules)
                {
                    yield return With(policy with { Blocks = policy.Blocks.Replace(block, block with { Rules = block.Rules.Remove(rule) }) });
                }

                foreach (var rule in block.Rules.Where(rule => rule.Ports.Length > 1))
                {
                    foreach (var port in rule.Ports)
                    {
                        var fewer = rule with { Ports = rule.Ports.Remove(port) };
                        yield return With(policy with { Blocks = policy.Blocks.Replace(block, block with { Rules = block.Rules.Replace(rule, fewer) }) });
                    }
                }
            }
        }
    }

    /// <summary>A rule that asks for a service needs it: no build has such a rule without one.</summary>
    private static bool IsAskedFor(NetworkModel model, string service) =>
        model.Policies.SelectMany(policy => policy.Blocks).SelectMany(block => block.Rules).Any(rule => AsksFor(rule.Peer, service));

    private static bool AsksFor(AddressSet set, string service) => set switch
    {
        AddressSet.Service asked => asked.Name == service,
        AddressSet.Union union => union.Parts.Any(part => AsksFor(part, service)),
        AddressSet.Intersection intersection => intersection.Parts.Any(part => AsksFor(part, service)),
        AddressSet.Difference difference => AsksFor(difference.Left, service) || AsksFor(difference.Right, service),
        _ => false,
    };
}
