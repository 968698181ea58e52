using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
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
            policy.Name, sets.Add(policy.For), RuleStages.Isolates(policy, Direction.Ingress), RuleStages.Isolates(policy, Direction.Egress), policy.Origin));
        ImmutableArray<PolicySelection> selected = [.. selections];

        var places = RuleStages.Places(policies);
        ImmutableArray<WrittenRule> written = [.. (
            from policy in policies
            from block in policy.Blocks
            from rule in block.Rules
            orderby rule.Origin
            select (Policy: policy, block.Direction, Rule: rule)).Select((entry, index) => new WrittenRule(
                index + 1, RuleStages.Of(entry.Policy, entry.Rule), places[entry.Policy.Tier], entry.Policy, entry.Direction, entry.Rule))];
        var hasTiers = RuleStages.HasTiers(policies);

        // Only endpoints are ever judged, so `any` and `pods in any namespace` select whoever asks.
        var selectors = new Dictionary<Policy, Condition>(ReferenceEqualityComparer.Instance);
        foreach (var (policy, selection) in policies.Zip(selected))
        {
            selectors.Add(policy, Selected(sets.Normalize(policy.For), selection.For));
        }

        Condition SelectorOf(Policy policy) => selectors[policy];

        var egress = Direct(Direction.Egress, hasTiers, written, rules, policies, SelectorOf);
        var ingress = Direct(Direction.Ingress, hasTiers, written, rules, policies, SelectorOf);
        ImmutableArray<ServiceBinding> bindings = [.. services.Select((service, index) => new ServiceBinding(
            index + 1, service, service.Backends is BackendSource.Endpoints endpoints ? sets.Add(endpoints.Set) : null))];
        ImmutableArray<FlowSample> samples = [.. model.Observations.OfType<Observation.Flows>().Select(flows =>
            new FlowSample(flows.OneIn, flows.For is null ? null : sets.Add(flows.For)))];

        return new DecisionProgram(
            sets.ToImmutable(),
            portNames.ToImmutable(),
            selected,
            [.. written.Select(entry => new DecidingRule(
                entry.Id, entry.Rule.Action, entry.Stage, entry.Place, entry.Direction, entry.Policy.Name, entry.Rule.IsLogged, entry.Rule.Origin,
                entry.Rule.Documentation)
            {
                Limit = entry.Rule.Limit,
            })],
            bindings,
            samples,
            egress,
            ingress)
        {
            HasTiers = hasTiers,
        };
    }

    private static DirectionProgram Direct(
        Direction direction,
        bool hasTiers,
        ImmutableArray<WrittenRule> written,
        RuleLowering rules,
        ImmutableArray<Policy> policies,
        Func<Policy, Condition> selectorOf)
    {
        // Rule by rule as they are written, whatever their stage: so sets and names are asked for in this order.
        var clauses = new List<(WrittenRule Rule, Step Clause)>();
        foreach (var rule in written.Where(rule => rule.Direction == direction))
        {
            clauses.Add((rule, new Step.Clause(
                rule.Id, rule.Rule.Action, Condition.All(selectorOf(rule.Policy), rules.Match(rule.Rule)), Log(rule), rule.Rule.Origin)));
        }

        var isolating = policies.Where(policy => RuleStages.Isolates(policy, direction)).Select(selectorOf);
        return new DirectionProgram(direction, hasTiers, new Condition.Or([.. isolating]), [.. Enum.GetValues<RuleStage>().Select(stage =>
            new RuleList(stage, [.. RuleStages.Ordered(stage, clauses.Where(pair => pair.Rule.Stage == stage), pair => (pair.Rule.Place, pair.Rule.Id))
                .Select(pair => pair.Clause)]))]);
    }

    // In the stages whose rules are a set, another rule that matches may say it.
    private static LogAnswer Log(WrittenRule rule) =>
        rule.Rule.IsLogged ? LogAnswer.Yes
        : rule.Stage is RuleStage.Deny or RuleStage.Reject or RuleStage.Allow ? LogAnswer.WhereAnotherMatches
        : LogAnswer.No;

    internal static Condition Selected(NormalForm form, SetId id) =>
        form.Set is AddressSet.Any or AddressSet.Pods { Scope: NamespaceScope.Any, Where: null } ? Condition.Always
            : form.IsNobody ? Condition.Never
            : new Condition.SelfIn(id);

    private sealed record WrittenRule(int Id, RuleStage Stage, int Place, Policy Policy, Direction Direction, Rule Rule);
}
