using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Terms;

/// <summary>
/// Proves on every build that the terms say what the rules say, by trying every kind of packet that a rule can tell apart against every
/// way in which its sets can hold the two ends. Each rule is proved alone, so the effort grows with the rules and their ports.
/// </summary>
public static class TermProof
{
    /// <summary>Questions about one rule. A rule that asks for more is no product that tables should be trusted with.</summary>
    private const int MostQuestions = 4_000_000;

    /// <summary>Fewer rules are proved before other threads have begun.</summary>
    private const int WorthThreads = 500;

    /// <returns>The first rule that the terms get wrong, or may; null: they are right.</returns>
    public static TermRefutation? Refute(DecisionProgram program, VerdictTerms terms)
    {
        var byRule = terms.Terms.ToLookup(term => (term.Rule, term.IsIngress));
        ImmutableArray<Question> questions =
        [
            .. from side in new[] { (Direction: program.Egress, IsIngress: false), (Direction: program.Ingress, IsIngress: true) }
               from list in side.Direction.Lists
               from step in Step.GuardedClauses(list.Steps)
               select new Question(step.Clause, step.Guards, list.Stage, side.IsIngress),
        ];
        if (FirstRefuted(questions, question => Refute(program, terms, question, [.. byRule[(question.Clause.Rule, question.IsIngress)]])) is { } refutation)
        {
            return refutation;
        }

        var seen = questions.Select(question => (question.Clause.Rule, question.IsIngress)).ToHashSet();
        return byRule.FirstOrDefault(ofRule => !seen.Contains(ofRule.Key)) is { } stranger
            ? new TermRefutation(program.Rules[Math.Clamp(stranger.Key.Rule, 1, program.Rules.Length) - 1].Origin, "any packet, as the rule has no such terms")
            : null;
    }

    // Each is asked by itself, so it does not matter when; of those that are refuted the first is the answer.
    private static TermRefutation? FirstRefuted(ImmutableArray<Question> questions, Func<Question, TermRefutation?> refute)
    {
        if (questions.Length < WorthThreads)
        {
            return questions.Select(refute).FirstOrDefault(refutation => refutation is not null);
        }

        var refutations = new TermRefutation?[questions.Length];
        Parallel.For(0, questions.Length, (index, state) =>
        {
            refutations[index] = refute(questions[index]);
            if (refutations[index] is not null)
            {
                state.Break();
            }
        });
        return refutations.FirstOrDefault(refutation => refutation is not null);
    }

    private static TermRefutation? Refute(DecisionProgram program, VerdictTerms terms, Question question, ImmutableArray<VerdictTerm> ofRule)
    {
        var clause = question.Clause;
        var form = TermForm.Of(question.Stage, clause) with { Place = program.Rules[clause.Rule - 1].Place };
        if (ofRule.Any(term => TermForm.Of(term) != form))
        {
            return new TermRefutation(clause.Origin, "any packet, in what it decides and when");
        }

        if (ofRule.Any(term => term.Logs != (clause.Log == LogAnswer.Yes)))
        {
            return new TermRefutation(clause.Origin, "any packet, in whether it is logged");
        }

        RuleProof proof = new(terms, ofRule, new Condition.And(question.Guards.Add(clause.When)));
        return proof.IsProved ? null : new TermRefutation(clause.Origin, proof.Packet(program));
    }

    /// <summary>Do these terms, and they alone, say what a clause does?</summary>
    internal static bool IsProved(RuleStage stage, Step.Clause clause, ImmutableArray<Condition> guards, VerdictTerms terms) =>
        terms.Terms.All(term => term.Logs == (clause.Log == LogAnswer.Yes) && TermForm.Of(term) == TermForm.Of(stage, clause))
        && new RuleProof(terms, terms.Terms, new Condition.And(guards.Add(clause.When))).IsProved;

    private readonly record struct Question(Step.Clause Clause, ImmutableArray<Condition> Guards, RuleStage Stage, bool IsIngress);

    private sealed class RuleProof
    {
        private readonly VerdictTerms _terms;
        private readonly ImmutableArray<VerdictTerm> _ofRule;
        private readonly Condition _when;
        private readonly ImmutableArray<ImmutableArray<(Condition Atom, bool Wanted)>> _ends;

        // Few at a time, and asked for all the time.
        private readonly List<(Condition Atom, bool Answer)> _assumed = [];
        private TrafficPoint _refuted;
        private int _questions;

        public RuleProof(VerdictTerms terms, ImmutableArray<VerdictTerm> ofRule, Condition when)
        {
            (_terms, _ofRule, _when) = (terms, ofRule, when);
            _ends = [.. ofRule.Select(Ends)];
            foreach (var point in TrafficPoint.Of(when, ofRule, terms))
            {
                if (!Agree(point))
                {
                    _refuted = point;
                    return;
                }
            }

            IsProved = true;
        }

        public bool IsProved { get; }

        /// <summary>One by which terms and rule differ; null: there were too many to try.</summary>
        public string? Packet(DecisionScope scope) => _questions > MostQuestions
            ? null
            : $"{_refuted}{string.Concat(_assumed.Select(pair => $", {(pair.Answer ? "" : "not ")}{Named(scope, pair.Atom)}"))}";

        private static string Named(DecisionScope scope, Condition atom) => atom switch
        {
            Condition.SelfIn self => $"self in {scope[self.Set].Title}",
            Condition.PeerIn peer => $"peer in {scope[peer.Set].Title}",
            Condition.PortNamed named => $"to a port named {scope.PortNames[named.Name]}",
            _ => $"{atom}",
        };

        // Assumes one thing more about the ends, either way, until both sides know their answer.
        private bool Agree(TrafficPoint point)
        {
            if (++_questions > MostQuestions)
            {
                return false;
            }

            Condition? asked = null;
            var byRule = Truth(_when, point, ref asked);
            var byTerms = Any(point, ref asked);
            if (byRule is { } known && byTerms is { } other)
            {
                return known == other;
            }

            if (asked is null)
            {
                return false;
            }

            foreach (var answer in new[] { true, false })
            {
                _assumed.Add((asked, answer));
                if (!Agree(point))
                {
                    return false;
                }

                _assumed.RemoveAt(_assumed.Count - 1);
            }

            return true;
        }

        private bool? Truth(Condition condition, TrafficPoint point, ref Condition? asked)
        {
            switch (condition)
            {
                case Condition.True:
                    return true;
                case Condition.False:
                    return false;
                case Condition.Not not:
                    return !Truth(not.Inner, point, ref asked);
                case Condition.And and:
                    return Join(and.Parts, absorbing: false, point, ref asked);
                case Condition.Or or:
                    return Join(or.Parts, absorbing: true, point, ref asked);
                default:
                    return point.Truth(condition) ?? Assumed(condition, ref asked);
            }
        }

        private bool? Join(ImmutableArray<Condition> parts, bool absorbing, TrafficPoint point, ref Condition? asked)
        {
            bool? joined = !absorbing;
            foreach (var part in parts)
            {
                var truth = Truth(part, point, ref asked);
                if (truth == absorbing)
                {
                    return absorbing;
                }

                joined = truth is null ? null : joined;
            }

            return joined;
        }

        private bool? Any(TrafficPoint point, ref Condition? asked)
        {
            bool? any = false;
            for (var index = 0; index < _ofRule.Length; index++)
            {
                var truth = Truth(_ofRule[index], _ends[index], point, ref asked);
                if (truth == true)
                {
                    return true;
                }

                any = truth is null ? null : any;
            }

            return any;
        }

        private static ImmutableArray<(Condition Atom, bool Wanted)> Ends(VerdictTerm term) =>
        [
            .. term.Self.Select(literal => ((Condition)new Condition.SelfIn(new SetId(literal.Set)), literal.IsIn)),
            .. term.Peer.Select(literal => ((Condition)new Condition.PeerIn(new SetId(literal.Set)), literal.IsIn)),
            .. term.SameNamespace is { } same ? [((Condition)new Condition.SameNamespace(), same)] : ImmutableArray<(Condition, bool)>.Empty,
        ];

        private bool? Truth(VerdictTerm term, ImmutableArray<(Condition Atom, bool Wanted)> ends, TrafficPoint point, ref Condition? asked)
        {
            if (term.Service != 0 && term.Service != point.Service)
            {
                return false;
            }

            // A term of no service is about the receiver's own port, whoever translated.
            var (space, value) = (term.Service == 0 ? point with { Service = 0 } : point).InTables;
            var traffic = _terms.Traffic[term.Traffic];
            bool? all = Holds(traffic.Ranges, space, value);
            if (all == false && !traffic.Names.IsEmpty)
            {
                foreach (var named in traffic.Names.Where(named => (named.Space ?? space) == space))
                {
                    var truth = point.Truth(new Condition.PortNamed(named.Name)) ?? Assumed(new Condition.PortNamed(named.Name), ref asked);
                    all = truth == true || all == true ? true : truth is null ? null : all;
                }
            }

            foreach (var (atom, wanted) in ends)
            {
                if (all == false)
                {
                    return false;
                }

                var truth = Assumed(atom, ref asked);
                all = truth is null ? (all == false ? false : null) : truth == wanted ? all : false;
            }

            return all;
        }

        private static bool Holds(ImmutableArray<TrafficRange> ranges, TrafficSpace space, ushort value)
        {
            foreach (var range in ranges)
            {
                if (range.Space == space && range.First <= value && value <= range.Last)
                {
                    return true;
                }
            }

            return false;
        }

        private bool? Assumed(Condition atom, ref Condition? asked)
        {
            foreach (var (known, answer) in _assumed)
            {
                if (known.Equals(atom))
                {
                    return answer;
                }
            }

            asked ??= atom;
            return null;
        }
    }
}
