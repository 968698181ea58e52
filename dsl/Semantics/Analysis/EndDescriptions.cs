using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>Sets of judged endpoints and of peers, from functions over the variables to terms and words.</summary>
internal sealed class EndDescriptions
{
    private readonly JudgementSpace _space;
    private readonly JudgementConstraints _constraints;
    private readonly Dictionary<int, string> _selfNames = [];
    private readonly Dictionary<int, string> _peerNames = [];

    public EndDescriptions(JudgementSpace space, JudgementConstraints constraints)
    {
        (_space, _constraints) = (space, constraints);
        for (var model = 0; model < space.Models.Length; model++)
        {
            foreach (var policy in space.Models[model].Policies)
            {
                Name(_selfNames, policy.For, space.SelfSets[model], constraints.Self);
                foreach (var rule in policy.Blocks.SelectMany(block => block.Rules))
                {
                    Name(_peerNames, rule.Peer, space.PeerSets[model], constraints.Peer);
                }
            }
        }
    }

    private DecisionDiagram Diagram => _space.Diagram;

    public EndSet OfSelf(int function) => Describe(
        function, _constraints.Self, _selfNames, NamespaceRelation.Any, set => Terms(_space.Self, set, _constraints.Self).ToImmutableArray());

    public EndSet OfPeer(int function, NamespaceRelation relation)
    {
        var endpoints = Diagram.And(_constraints.Peer, _space.Peer.Is(PartyKind.Endpoint));
        return Describe(
            function,
            Diagram.IsWithin(function, endpoints) ? endpoints : _constraints.Peer,
            _peerNames,
            relation,
            set => Terms(_space.Peer, set, _constraints.Peer).ToImmutableArray());
    }

    private EndSet Describe(
        int function, int all, Dictionary<int, string> names, NamespaceRelation relation, Func<int, ImmutableArray<EndTerm>> terms)
    {
        var found = terms(function);
        var text = names.TryGetValue(function, out var name) ? name : EndText.Of(found);
        if (name is null && found.Length > 1)
        {
            // What is left out may be said in fewer words.
            var complement = Diagram.Minus(all, function);
            var others = complement == DecisionDiagram.False ? "" : names.TryGetValue(complement, out var other) ? other : EndText.Of(terms(complement));
            var everything = EndText.Of(terms(all)) is var endpoints && endpoints == "pods in any namespace" && all != _constraints.Self ? endpoints : "any";
            text = others.Length == 0 ? everything : everything.Length + others.Length + 5 < text.Length ? $"{everything} - ({others})" : text;
        }

        return new(
            relation switch
            {
                NamespaceRelation.Same => $"{text}, in the same namespace",
                NamespaceRelation.Other => $"{text}, not in the same namespace",
                _ => text,
            },
            found);
    }

    // The shortest words win; of equally short ones the first.
    private void Name(Dictionary<int, string> names, AddressSet set, SymbolicSets sets, int valid)
    {
        if (set is AddressSet.Union union)
        {
            foreach (var part in union.Parts)
            {
                Name(names, part, sets, valid);
            }
        }

        var text = SetText.Of(set);
        if (text.Contains("same namespace", StringComparison.Ordinal) || text.Contains("service ", StringComparison.Ordinal))
        {
            return;
        }

        var function = Diagram.And(sets.Contains(set), valid);
        if (function != DecisionDiagram.False && (!names.TryGetValue(function, out var known) || text.Length < known.Length))
        {
            names[function] = text;
        }
    }

    private static int OfKind(SymbolicParty party, int function, EndKind kind) => party.Kind.Runs(function)
        .Where(run => run.First <= (int)kind && (int)kind <= run.Last).Select(run => run.Then).FirstOrDefault(DecisionDiagram.False);

    private IEnumerable<EndTerm> Terms(SymbolicParty party, int function, int valid) => Enum.GetValues<EndKind>()
        .Select(kind => (Kind: kind, Function: OfKind(party, function, kind), Possible: OfKind(party, valid, kind)))
        .Where(part => part.Function != DecisionDiagram.False)
        .SelectMany(part => AtNames(new EndTerm(part.Kind, null, Empty, Empty, []), [.. party.Answered], part.Function, part.Possible))
        .SelectMany(part => part.Term.Kind == EndKind.Endpoint
            ? EndpointTerms(party, part.Then, part.Possible)
            : [At(part.Term, party, part.Then, part.Possible)]);

    /// <summary>No condition where both ways lead on alike, or there is only one that could. What is possible of later names is so by either way.</summary>
    private IEnumerable<(EndTerm Term, int Then, int Possible)> AtNames(
        EndTerm term, ImmutableArray<KeyValuePair<string, Choice>> names, int function, int possible)
    {
        if (names.IsEmpty)
        {
            return [(term, function, possible)];
        }

        var (pattern, answered) = names[0];
        var ways = answered.Runs(possible).SelectMany(run => Enumerable.Range(run.First, run.Last - run.First + 1).Select(value => (Value: value, run.Then))).ToList();
        return answered.Runs(function).SelectMany(run =>
        {
            var isCondition = run.First == run.Last && ways.Count > 1;
            return AtNames(
                isCondition ? term with { Answered = term.Answered.Add(pattern, run.First == 1) } : term,
                names.RemoveAt(0),
                run.Then,
                ways.Where(way => run.First <= way.Value && way.Value <= run.Last).Aggregate(DecisionDiagram.False, (any, way) => Diagram.Or(any, way.Then)));
        });
    }

    private IEnumerable<EndTerm> EndpointTerms(SymbolicParty party, int function, int possible)
    {
        var addresses = possible;
        foreach (var choice in party.Choices.Skip(1).Take(party.Choices.Count() - 2))
        {
            addresses = choice.Runs(addresses).Select(run => run.Then).FirstOrDefault();
        }

        return AtNamespace(party, function).SelectMany(found => AtLabels(
            new EndTerm(EndKind.Endpoint, found.Names, Empty, Empty, []), [.. party.NamespaceLabels], found.Then, isNamespace: true)
            .SelectMany(part => AtLabels(part.Term, [.. party.Labels], part.Then, isNamespace: false))
            .Select(part => At(part.Term, party, part.Then, addresses)));
    }

    private IEnumerable<(ValueSet? Names, int Then)> AtNamespace(SymbolicParty party, int function)
    {
        var names = _space.Words.Namespaces;
        foreach (var (values, then) in ByRest(party.Namespace, function))
        {
            var known = values.Where(value => value < names.Length).Select(value => names[value]).ToImmutableArray();
            yield return values.Count == party.Namespace.Count ? (null, then)
                : values.Contains(names.Length) ? (new([.. names.Except(known, StringComparer.Ordinal)], true, false), then)
                : (new(known, false, false), then);
        }
    }

    private IEnumerable<(EndTerm Term, int Then)> AtLabels(
        EndTerm term, ImmutableArray<KeyValuePair<string, Choice>> labels, int function, bool isNamespace)
    {
        if (labels.IsEmpty)
        {
            return [(term, function)];
        }

        var (key, choice) = labels[0];
        return ByRest(choice, function).SelectMany(found =>
        {
            var words = (isNamespace ? _space.Words.Vocabulary.NamespaceLabels : _space.Words.Vocabulary.Labels)[key];
            var narrowed = found.Values.Count == choice.Count ? term
                : isNamespace ? term with { NamespaceLabels = term.NamespaceLabels.Add(key, Values(words, found.Values)) }
                : term with { Labels = term.Labels.Add(key, Values(words, found.Values)) };
            return AtLabels(narrowed, labels.RemoveAt(0), found.Then, isNamespace);
        });
    }

    private static ValueSet Values(SortedSet<string> words, IReadOnlySet<int> numbers)
    {
        var known = words.Where((_, index) => numbers.Contains(index + 1)).ToImmutableArray();
        return numbers.Contains(words.Count + 1)
            ? new([.. words.Except(known, StringComparer.Ordinal)], true, numbers.Contains(LabelWords.Absent))
            : new(known, false, numbers.Contains(LabelWords.Absent));
    }

    private static IEnumerable<(IReadOnlySet<int> Values, int Then)> ByRest(Choice choice, int function) =>
        choice.Runs(function).GroupBy(run => run.Then).Select(group => (
            (IReadOnlySet<int>)group.SelectMany(run => Enumerable.Range(run.First, run.Last - run.First + 1)).ToHashSet(), group.Key));

    /// <summary>No condition where all addresses that are possible are meant, else the shorter one.</summary>
    private EndTerm At(EndTerm term, SymbolicParty party, int function, int possible)
    {
        if (function == DecisionDiagram.True || function == possible || party.Region.Count == 1)
        {
            return term;
        }

        var (inside, outside) = (Regions(party, function), Regions(party, Diagram.Minus(possible, function)));
        ImmutableArray<Prefix> addresses = [.. new AddressRange(_space.Words.Regions, inside.Contains, outside.Contains).Prefixes()];
        ImmutableArray<Prefix> except = [.. new AddressRange(_space.Words.Regions, outside.Contains, inside.Contains).Prefixes()];
        return except.Length < addresses.Length ? term with { ExceptAddresses = except } : term with { Addresses = addresses };
    }

    private static HashSet<int> Regions(SymbolicParty party, int function) =>
        [.. party.Region.Runs(function).SelectMany(run => Enumerable.Range(run.First, run.Last - run.First + 1))];

    private static ImmutableSortedDictionary<string, ValueSet> Empty { get; } = ImmutableSortedDictionary.Create<string, ValueSet>(StringComparer.Ordinal);
}
