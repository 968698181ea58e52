using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Lowering;
using Netpol.Compiler.Passes;
using Netpol.Compiler.Terms;
using Netpol.Model;

namespace Netpol.Compiler.Compilation.Sessions;

/// <summary>
/// Takes one rule after the other from the model to proved terms, by the stages of a whole compilation. Its tables give a set, name or
/// condition that it has met before the number that it had, and only ever grow.
/// </summary>
internal sealed class RuleCompiler
{
    private readonly SetTable _sets = new();
    private readonly PortNameTable _portNames = new();
    private readonly ConjunctTable _conjuncts = new();
    private readonly TrafficTable _traffic = new();
    private ImmutableArray<Service> _services = [];
    private PeerLowering _peers;
    private RuleLowering _rules;

    public RuleCompiler()
    {
        _peers = new PeerLowering(_sets, ImmutableDictionary<string, int>.Empty);
        _rules = new RuleLowering(_peers, ImmutableDictionary<string, Service>.Empty, _portNames);
    }

    public SetTable Sets => _sets;

    public PortNameTable PortNames => _portNames;

    public ConjunctTable Conjuncts => _conjuncts;

    public TrafficTable Traffic => _traffic;

    /// <summary>Entries of all tables: what edits have left in them, too.</summary>
    public int Size => _sets.Count + _portNames.Count + _conjuncts.Count + _traffic.Count;

    /// <summary>Says which services there are.</summary>
    /// <param name="services">In the order of their ids.</param>
    /// <returns>False: they are others than before, and rules that name one must be compiled anew.</returns>
    public bool Know(ImmutableArray<Service> services)
    {
        if (services.Length == _services.Length && services.Zip(_services).All(pair => pair.First.Name == pair.Second.Name && SamePorts(pair.First, pair.Second)))
        {
            return true;
        }

        _services = services;
        var ids = services.Select((service, index) => (service.Name, Id: index + 1)).ToImmutableDictionary(pair => pair.Name, pair => pair.Id);
        _peers = new PeerLowering(_sets, ids);
        _rules = new RuleLowering(_peers, services.ToImmutableDictionary(service => service.Name), _portNames);
        return false;
    }

    /// <summary>Asks for a set as a whole compilation would.</summary>
    public SetRequest Request(AddressSet set) => new(_sets.Add(set), (set as AddressSet.Named)?.Name);

    /// <returns>Null: a rule has no terms, or they are not proved; a whole compilation says why.</returns>
    /// <param name="earlier">What the policy of the name was compiled to before.</param>
    /// <param name="servicesAreTheSame">Since <paramref name="earlier"/>.</param>
    public CompiledPolicy? Compile(Policy policy, CompiledPolicy? earlier, bool servicesAreTheSame)
    {
        if (earlier is not null && servicesAreTheSame && ReferenceEquals(earlier.For, policy.For))
        {
            return earlier;
        }

        var selector = Request(policy.For);
        var selected = ModelLowering.Selected(_sets.Normalize(policy.For), selector.Set);
        List<CompiledRule> known = earlier is not null && earlier.Selector.Set == selector.Set ? [.. earlier.Rules] : [];
        var rules = ImmutableArray.CreateBuilder<CompiledRule>();
        foreach (var block in policy.Blocks)
        {
            foreach (var rule in block.Rules)
            {
                var stage = RuleStages.Of(policy, rule);
                // Each is one rule's: what it is next is noted with it.
                var same = known.FindIndex(before => (servicesAreTheSame || !before.ServiceUse) && before.IsOf(rule, stage, block.Direction));
                var compiled = same >= 0 ? known[same] : Compile(stage, rule, block.Direction, selected);
                if (same >= 0)
                {
                    known.RemoveAt(same);
                }

                if (compiled is null)
                {
                    return null;
                }

                rules.Add(compiled);
            }
        }

        return new CompiledPolicy(policy.For, selector, rules.ToImmutable());
    }

    private CompiledRule? Compile(RuleStage stage, Rule rule, Direction direction, Condition selected)
    {
        var (sets, names) = (new List<SetRequest>(), new List<int>());
        (_sets.Requests, _portNames.Requests) = (sets, names);
        var match = _rules.Match(rule);
        (_sets.Requests, _portNames.Requests) = (null, null);

        var when = PassList.OfClause(Condition.All(selected, match));
        var terms = ImmutableArray.CreateBuilder<VerdictTerm>();
        if (when is not null && !TryExtract(stage, rule, direction, when, terms))
        {
            return null;
        }

        return new CompiledRule(
            rule, stage, direction, [.. sets], [.. names], when,
            when is null ? [] : _conjuncts.Number(Rewriting.Conjuncts(when)),
            when is null ? [] : [.. DropUnusedSets.Atoms(when).Where(atom => atom is Condition.SelfIn or Condition.PeerIn or Condition.PortNamed)],
            terms.ToImmutable(), _peers.MentionsService(rule.Peer));
    }

    private bool TryExtract(RuleStage stage, Rule rule, Direction direction, Condition when, ImmutableArray<VerdictTerm>.Builder terms)
    {
        // As `ShareSelectors` leaves the clause.
        var (guard, rest) = ShareSelectors.Split(when);
        ImmutableArray<Condition> guards = guard is null ? [] : [guard];
        var clause = new Step.Clause(0, rule.Action, rest, rule.IsLogged ? LogAnswer.Yes : LogAnswer.No, rule.Origin);
        var own = new TrafficTable();
        if (TermExtraction.Extract(clause, guards, TermForm.Of(stage, clause), direction == Direction.Ingress, own, terms) is not null
            || !TermProof.IsProved(stage, clause, guards, new VerdictTerms(terms.ToImmutable(), own.ToImmutable(), [])))
        {
            return false;
        }

        for (var index = 0; index < terms.Count; index++)
        {
            terms[index] = terms[index] with { Traffic = _traffic.Add(own[terms[index].Traffic]) };
        }

        return true;
    }

    private static bool SamePorts(Service one, Service other) =>
        one.Ports.Length == other.Ports.Length
        && one.Ports.Zip(other.Ports).All(pair => (pair.First.Name, pair.First.Protocol, pair.First.Port) == (pair.Second.Name, pair.Second.Protocol, pair.Second.Port));
}
