using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Tests.Kernel.Live;

/// <summary>Changes of rules as people make them, one at a time: another action, other ports, log, one gone, one more, two in another order.</summary>
internal static class RuleEdits
{
    internal static NetworkModel Next(Random random, NetworkModel model)
    {
        var policies = model.Policies.ToArray();
        var places =
            (from policy in Enumerable.Range(0, policies.Length)
             from block in Enumerable.Range(0, policies[policy].Blocks.Length)
             where policies[policy].Blocks[block].Rules.Length > 0
             select (policy, block)).ToArray();
        if (places.Length == 0)
        {
            return model;
        }

        var (at, within) = places[random.Next(places.Length)];
        var blocks = policies[at].Blocks;
        var edited = blocks[within] with { Rules = Edit(random, blocks[within].Rules) };
        policies[at] = policies[at] with { Blocks = blocks.SetItem(within, edited) };
        return model with { Policies = [.. policies] };
    }

    private static ImmutableArray<Rule> Edit(Random random, ImmutableArray<Rule> rules)
    {
        var index = random.Next(rules.Length);
        var rule = rules[index];
        switch (random.Next(6))
        {
            case 0:
                return rules.SetItem(index, rule with { Action = rule.Action == RuleAction.Allow ? RuleAction.Deny : RuleAction.Allow, Limit = null });
            case 1:
                return rules.SetItem(index, rule with { IsLogged = !rule.IsLogged });
            case 2:
                return rules.RemoveAt(index);
            case 3:
                var other = random.Next(rules.Length);
                return rules.SetItem(index, rules[other] with { Origin = rule.Origin }).SetItem(other, rule with { Origin = rules[other].Origin });
            default:
                var port = (ushort)random.Next(1, 1 << 16);
                var last = (ushort)random.Next(port, 1 << 16);
                return rules.SetItem(index, rule with { Ports = [new PortMatch.Range(random.Next(2) == 0 ? Protocol.Tcp : Protocol.Udp, port, last)] });
        }
    }
}
