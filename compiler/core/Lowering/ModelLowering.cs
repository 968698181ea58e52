using System.Collections.Immutable;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Lowering;

/// <summary>A model as decisions. The result is right and plain; passes make it short.</summary>
public static class ModelLowering
{
    public static DecisionProgram Lower(NetworkModel model)
    {
        var sets = new SetTable();
        var portNames = new PortNameTable();
        ImmutableArray<Service> services = [.. model.Services.OrderBy(service => service.Origin)];
        var serviceIds = services.Select((service, index) => (service.Name, Id: index + 1)).ToImmutableDictionary(s => s.Name, s => s.Id);
        var rules = new RuleLowering(
            new PeerLowering(sets, serviceIds), services.ToImmutableDictionary(service => service.Name), portNames);

        ImmutableArray<Policy> policies = [.. model.Policies.OrderBy(policy => policy.Origin)];
        var selections = policies.Select(policy => new PolicySelection(
            policy.Name, sets.Add(policy.For), Isolates(policy, Direction.Ingress), Isolates(policy, Direction.Egress), policy.Origin));
        ImmutableArray<PolicySelection> selected = [.. selections];

        ImmutableArray<WrittenRule> written = [..
            from policy in policies.Zip(selected)
            from block in policy.First.Blocks
            from rule in block.Rules
            orderby rule.Origin
            select new WrittenRule(policy.First, block.Direction, rule)];

        // Only endpoints are ever judged, so `any` and `pods in any namespace` select whoever asks.
        var selectors = new Dictionary<Policy, Condition>(ReferenceEqualityComparer.Instance);
        foreach (var (policy, selection) in policies.Zip(selected))
        {
            selectors.Add(policy, Selected(sets.Normalize(policy.For), selection.For));
        }

        Condition SelectorOf(Policy policy) => selectors[policy];

        var egress = Direct(Direction.Egress, written, rules, policies, SelectorOf);
        var ingress = Direct(Direction.Ingress, written, rules, policies, SelectorOf);
        ImmutableArray<ServiceBinding> bindings = [.. services.Select((service, index) => new ServiceBinding(
            index + 1, service, service.Backends is BackendSource.Endpoints endpoints ? sets.Add(endpoints.Set) : null))];
        ImmutableArray<FlowSample> samples = [.. model.Observations.OfType<Observation.Flows>().Select(flows =>
            new FlowSample(flows.OneIn, flows.For is null ? null : sets.Add(flows.For)))];

        return new DecisionProgram(
            sets.ToImmutable(),
            portNames.ToImmutable(),
            selected,
            [.. written.Select((entry, index) => new DecidingRule(
                index + 1, entry.Rule.Action, entry.Direction, entry.Policy.Name, entry.Rule.IsLogged, entry.Rule.Origin, entry.Rule.Documentation))],
            bindings,
            samples,
            egress,
            ingress);
    }

    private static DirectionProgram Direct(
        Direction direction,
        ImmutableArray<WrittenRule> written,
        RuleLowering rules,
        ImmutableArray<Policy> policies,
        Func<Policy, Condition> selectorOf)
    {
        var deny = ImmutableArray.CreateBuilder<Step>();
        var allow = ImmutableArray.CreateBuilder<Step>();
        for (var index = 0; index < written.Length; index++)
        {
            var (policy, ofDirection, rule) = written[index];
            if (ofDirection == direction)
            {
                var log = rule.IsLogged ? LogAnswer.Yes : LogAnswer.WhereAnotherMatches;
                (rule.Action == RuleAction.Deny ? deny : allow).Add(new Step.Clause(
                    index + 1, Condition.All(selectorOf(policy), rules.Match(rule)), log, rule.Origin));
            }
        }

        var isolating = policies.Where(policy => Isolates(policy, direction)).Select(selectorOf);
        return new DirectionProgram(direction, new Condition.Or([.. isolating]), deny.ToImmutable(), allow.ToImmutable());
    }

    internal static Condition Selected(NormalForm form, SetId id) =>
        form.Set is AddressSet.Any or AddressSet.Pods { Scope: NamespaceScope.Any, Where: null } ? Condition.Always
            : form.IsNobody ? Condition.Never
            : new Condition.SelfIn(id);

    internal static bool Isolates(Policy policy, Direction direction) => policy.Blocks.Any(block => block.Direction == direction);

    private sealed record WrittenRule(Policy Policy, Direction Direction, Rule Rule);
}
