using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Lowering;
using Netpol.Model;

namespace Netpol.Compiler.Compilation.Sessions;

/// <summary>
/// Puts rules that were compiled one by one together as the passes over all rules would: which clauses others hide, and the numbers
/// that sets, port names and traffic have in a bundle, by the order in which a whole compilation first asks for them.
/// </summary>
internal sealed class ProgramAssembly
{
    private readonly RuleCompiler _compiler;
    private readonly Assembly? _earlier;
    private readonly ImmutableArray<AssembledRule> _rules;
    private readonly FirstUses _sets;
    private readonly FirstUses _portNames;
    private readonly string?[] _names;
    private readonly bool[] _ofVerdicts;

    private readonly ImmutableArray<SetRequest?> _backends;
    private readonly ImmutableArray<(uint OneIn, SetRequest? For)> _samples;

    private ProgramAssembly(
        RuleCompiler compiler, NetworkModel model, ImmutableArray<Policy> policies, ImmutableArray<CompiledPolicy> compiled, ImmutableArray<Service> services,
        ImmutableArray<int> ids, Assembly? earlier)
    {
        (_compiler, _earlier) = (compiler, earlier);
        _rules = Rules(policies, compiled, ids);

        // Before the tables of sets are counted: they may be new ones.
        _backends = [.. services.Select(service => service.Backends is BackendSource.Endpoints endpoints ? compiler.Request(endpoints.Set) : (SetRequest?)null)];
        _samples = [.. model.Observations.OfType<Observation.Flows>().Select(flows =>
            (flows.OneIn, flows.For is null ? (SetRequest?)null : compiler.Request(flows.For)))];
        _sets = new FirstUses(compiler.Sets.Count);
        _portNames = new FirstUses(compiler.PortNames.Count);
        _names = new string?[compiler.Sets.Count];
        _ofVerdicts = new bool[compiler.Sets.Count];
    }

    /// <param name="policies">In the order of their origins, with what each was compiled to.</param>
    /// <param name="services">In the order of their ids.</param>
    /// <param name="ids">Of all rules, in the order of their origins.</param>
    /// <param name="earlier">Of the same compiler; what is the same again is taken from there.</param>
    public static Assembly Of(
        RuleCompiler compiler, NetworkModel model, ImmutableArray<Policy> policies, ImmutableArray<CompiledPolicy> compiled,
        ImmutableArray<Service> services, RuleIds ids, Assembly? earlier) =>
        new ProgramAssembly(compiler, model, policies, compiled, services, ids.Ids, earlier).Assemble(policies, compiled, services, ids.Highest);

    private Assembly Assemble(
        ImmutableArray<Policy> policies, ImmutableArray<CompiledPolicy> compiled, ImmutableArray<Service> services, int highest)
    {
        // In the order of `ModelLowering`.
        foreach (var policy in compiled)
        {
            Meet(policy.Selector);
        }

        Meet(Direction.Egress);
        Meet(Direction.Ingress);

        foreach (var request in _backends.Concat(_samples.Select(sample => sample.For)).OfType<SetRequest>())
        {
            Meet(request);
            _sets.Use(request.Set.Index);
        }

        foreach (var policy in compiled)
        {
            UseInVerdicts(policy.Selector.Set);
        }

        var (kept, hidden) = Kept();
        Use(kept);

        var numbering = Numbering.Of(_earlier?.Numbering, _sets.Numbers(), _portNames.Numbers());
        var numbers = numbering.Sets;
        SetId? Numbered(SetRequest? request) => request is { } known ? new SetId(numbers[known.Set.Index]) : null;
        var scope = new DecisionScope(
            Sets(),
            [.. _portNames.InUse.Select(name => _compiler.PortNames[name])],
            [.. policies.Zip(compiled, (policy, entry) => new PolicySelection(
                policy.Name, new SetId(numbers[entry.Selector.Set.Index]), RuleStages.Isolates(policy, Direction.Ingress),
                RuleStages.Isolates(policy, Direction.Egress), policy.Origin))],
            [.. _rules.Select(Deciding)],
            [.. services.Zip(_backends, (service, set) => (service, set)).Select((entry, index) => new ServiceBinding(index + 1, entry.service, Numbered(entry.set)))],
            [.. _samples.Select(sample => new FlowSample(sample.OneIn, Numbered(sample.For)))])
        {
            RuleIds = highest,
            HasTiers = RuleStages.HasTiers(policies),
        };
        return new Assembly(scope, Terms(kept, numbering), numbering, hidden);
    }

    // The same array where all of it is the same.
    private ImmutableArray<MemberSet> Sets()
    {
        var earlier = _earlier?.Scope.Sets ?? [];
        var sets = ImmutableArray.CreateBuilder<MemberSet>(earlier.Length);
        var isSame = true;
        foreach (var set in _sets.InUse)
        {
            var (id, known) = (new SetId(sets.Count), _compiler.Sets[new SetId(set)]);
            var before = id.Index < earlier.Length ? earlier[id.Index] : null;
            var isTaken = before is not null && before.Name == _names[set] && before.IsOutsideVerdicts != _ofVerdicts[set]
                && ReferenceEquals(before.Spelling, known.Spelling);
            isSame &= isTaken;
            sets.Add(isTaken && before is not null ? before : known with { Id = id, Name = _names[set], IsOutsideVerdicts = !_ofVerdicts[set] });
        }

        return isSame && sets.Count == earlier.Length ? earlier : sets.ToImmutable();
    }

    private static DecidingRule Deciding(AssembledRule rule)
    {
        if (rule.Compiled.Last is { } last && ReferenceEquals(last.Rule, rule.Rule)
            && (last.Deciding.Id, last.Deciding.Place) == (rule.Id, rule.Place) && last.Deciding.Policy == rule.Policy)
        {
            return last.Deciding;
        }

        var deciding = new DecidingRule(
            rule.Id, rule.Rule.Action, rule.Compiled.Stage, rule.Place, rule.Compiled.Direction, rule.Policy, rule.Rule.IsLogged, rule.Rule.Origin,
            rule.Rule.Documentation)
        {
            Limit = rule.Rule.Limit,
        };
        rule.Compiled.Last = rule.Compiled.Last is { } before && (before.Deciding.Id, before.Deciding.Place) == (rule.Id, rule.Place)
            ? before with { Rule = rule.Rule, Deciding = deciding }
            : new RulePlace(rule.Rule, deciding);
        return deciding;
    }

    private static ImmutableArray<AssembledRule> Rules(ImmutableArray<Policy> policies, ImmutableArray<CompiledPolicy> compiled, ImmutableArray<int> ids)
    {
        var rules = ImmutableArray.CreateBuilder<AssembledRule>(ids.Length);
        var places = RuleStages.Places(policies);
        for (var index = 0; index < policies.Length; index++)
        {
            var place = 0;
            foreach (var block in policies[index].Blocks)
            {
                foreach (var rule in block.Rules)
                {
                    rules.Add(new AssembledRule(ids[rules.Count], places[policies[index].Tier], policies[index].Name, rule, compiled[index].Rules[place++]));
                }
            }
        }

        return rules.MoveToImmutable();
    }

    private void Meet(Direction direction)
    {
        foreach (var rule in _rules)
        {
            if (rule.Compiled.Direction != direction)
            {
                continue;
            }

            foreach (var request in rule.Compiled.Sets)
            {
                Meet(request);
            }

            foreach (var name in rule.Compiled.PortNames)
            {
                _portNames.Meet(name);
            }
        }
    }

    private void Meet(SetRequest request)
    {
        _sets.Meet(request.Set.Index);
        // A set first met in place may have a name elsewhere.
        _names[request.Set.Index] ??= request.Name;
    }

    // As `DropHiddenClauses` keeps them, list by list as `TermExtraction` goes through them; indices of rules.
    private (List<int> Kept, Dictionary<(Direction Direction, RuleStage Stage), HiddenRules> Hidden) Kept()
    {
        var kept = new List<int>(_rules.Length);
        var hidden = new Dictionary<(Direction Direction, RuleStage Stage), HiddenRules>();
        foreach (var direction in new[] { Direction.Egress, Direction.Ingress })
        {
            foreach (var stage in Enum.GetValues<RuleStage>())
            {
                var list = RuleStages.Ordered(stage, ListOf(direction, stage), index => (_rules[index].Place, _rules[index].Id));
                if (list.IsEmpty)
                {
                    continue;
                }

                var rules = HiddenRules.Of(
                    stage, [.. list.Select(index => _rules[index].Compiled)], _earlier?.Hidden.GetValueOrDefault((direction, stage)), _compiler.Conjuncts.Count);
                hidden.Add((direction, stage), rules);
                for (var place = 0; place < list.Length; place++)
                {
                    if (!rules.IsHidden(place))
                    {
                        kept.Add(list[place]);
                    }
                }
            }
        }

        return (kept, hidden);
    }

    private List<int> ListOf(Direction direction, RuleStage stage)
    {
        var list = new List<int>();
        for (var index = 0; index < _rules.Length; index++)
        {
            var rule = _rules.ItemRef(index).Compiled;
            if (rule.Direction == direction && rule.Stage == stage && rule.When is not null)
            {
                list.Add(index);
            }
        }

        return list;
    }

    private void Use(List<int> kept)
    {
        foreach (var index in kept)
        {
            foreach (var atom in _rules.ItemRef(index).Compiled.Atoms)
            {
                switch (atom)
                {
                    case Condition.SelfIn self:
                        UseInVerdicts(self.Set);
                        break;
                    case Condition.PeerIn peer:
                        UseInVerdicts(peer.Set);
                        break;
                    case Condition.PortNamed named:
                        _portNames.Use(named.Name);
                        break;
                    default:
                        break;
                }
            }
        }
    }

    private void UseInVerdicts(SetId set)
    {
        _sets.Use(set.Index);
        _ofVerdicts[set.Index] = true;
    }

    private VerdictTerms Terms(List<int> kept, Numbering numbering)
    {
        var terms = ImmutableArray.CreateBuilder<VerdictTerm>(kept.Count);
        var traffic = ImmutableArray.CreateBuilder<TrafficSet>();
        var trafficIds = new int[_compiler.Traffic.Count];
        foreach (var place in kept)
        {
            ref readonly var rule = ref _rules.ItemRef(place);
            var known = rule.Compiled.Last is { } last && ReferenceEquals(last.Numbering, numbering) ? last.Terms : [];
            VerdictTerm[]? own = null;
            for (var index = 0; index < rule.Compiled.Terms.Length; index++)
            {
                var term = rule.Compiled.Terms[index];
                ref var id = ref trafficIds[term.Traffic];
                if (id == 0)
                {
                    traffic.Add(numbering.Of(_compiler.Traffic[term.Traffic]));
                    id = traffic.Count;
                }

                if (own is null && (index >= known.Length || known[index].Traffic != id - 1))
                {
                    own = new VerdictTerm[rule.Compiled.Terms.Length];
                    known.AsSpan(..index).CopyTo(own);
                }

                if (own is not null)
                {
                    own[index] = new VerdictTerm(
                        rule.Id, term.Stage, term.Verdict, rule.Place, term.Logs, term.IsIngress, numbering.Of(term.Self),
                        numbering.Of(term.Peer), term.SameNamespace, term.Service, id - 1);
                }

                terms.Add(own is null ? known[index] : own[index]);
            }

            if (own is not null && rule.Compiled.Last is { } before)
            {
                rule.Compiled.Last = before with { Numbering = numbering, Terms = ImmutableCollectionsMarshal.AsImmutableArray(own) };
            }
        }

        return new VerdictTerms(terms.ToImmutable(), traffic.ToImmutable(), []);
    }

    private readonly record struct AssembledRule(int Id, int Place, string Policy, Rule Rule, CompiledRule Compiled);
}
