using Netpol.Bench.Compile;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Compilation;
using Netpol.Compiler.Lowering;
using Netpol.Compiler.Passes;
using Netpol.Compiler.Terms;
using Netpol.Parsing;
using Netpol.Tests.Unit.Compiler;
using Netpol.Text;

namespace Netpol.Tests.Unit.Verdicts;

public sealed class TermProofTests
{
    private const int Worlds = 150;

    [Fact]
    public void Terms_as_they_are_made_are_proved_and_hardly_a_change_of_one_is()
    {
        var (changes, found) = (0, 0);
        for (var seed = 0; seed < Worlds; seed++)
        {
            var program = PassList.Run(ModelLowering.Lower(new RandomWorld(seed).Model()));
            if (TermExtraction.Extract(program).Terms is not { } terms)
            {
                continue;
            }

            Assert.Null(TermProof.Refute(program, terms));
            foreach (var changed in Changes(terms, new Random(seed)))
            {
                changes++;
                found += TermProof.Refute(program, changed) is null ? 0 : 1;
            }
        }

        Assert.True(changes > 2_000, $"{changes} changes");
        // What is left changes no meaning: of terms that say the same one is enough, and no protocol has the number 65,535.
        Assert.True(found > changes * 97 / 100, $"{found} of {changes} found");
    }

    [Fact]
    public void A_wrong_term_is_named_by_the_place_of_its_rule_and_a_packet()
    {
        var (program, terms) = Enumerable.Range(3, Worlds).Select(seed => PassList.Run(ModelLowering.Lower(new RandomWorld(seed).Model())))
            .Select(program => (program, TermExtraction.Extract(program).Terms)).First(pair => pair.Terms is { Terms.IsEmpty: false });
        Assert.NotNull(terms);

        var refusal = TermProof.Refute(program, terms with { Terms = terms.Terms.RemoveAt(0) });

        Assert.Equal(program.Rules[terms.Terms[0].Rule - 1].Origin, refusal?.Rule);
        Assert.Matches("^IPv[46] protocol [0-9]+ ", refusal?.Packet);
    }

    [Fact]
    public void Of_many_rules_that_are_wrong_the_first_is_named_whatever_thread_found_it()
    {
        var (unit, _) = NetpolParser.Parse(new SourceFile("large.netpol", LargePolicy.Text(1_200)));
        var output = NetpolCompiler.Compile([unit], []).Output;
        Assert.NotNull(output?.Layout.Verdicts.Terms);
        var terms = output.Layout.Verdicts.Terms;
        var places = Enumerable.Range(0, terms.Terms.Length).Where(place => place % 50 == 30).ToList();
        var wrong = terms with { Terms = [.. terms.Terms.Where((_, place) => !places.Contains(place))] };

        for (var round = 0; round < 20; round++)
        {
            Assert.Equal(output.Program.Rules[terms.Terms[places[0]].Rule - 1].Origin, TermProof.Refute(output.Program, wrong)?.Rule);
        }

        Assert.Null(TermProof.Refute(output.Program, terms));
    }

    private static IEnumerable<VerdictTerms> Changes(VerdictTerms terms, Random random)
    {
        for (var index = 0; index < terms.Terms.Length; index++)
        {
            var term = terms.Terms[index];
            VerdictTerms With(VerdictTerm changed) => terms with { Terms = terms.Terms.SetItem(index, changed) };
            yield return With(term with { Stage = term.Stage == RuleStage.Deny ? RuleStage.Allow : RuleStage.Deny });
            yield return With(term with { Verdict = term.Verdict == Verdict.Deny ? Verdict.Allow : Verdict.Deny });
            yield return With(term with { Place = term.Place + 1 });
            yield return With(term with { Logs = !term.Logs });
            yield return With(term with { IsIngress = !term.IsIngress });
            yield return With(term with { SameNamespace = term.SameNamespace is null ? true : null });
            yield return With(term with { Service = term.Service + 1 });
            yield return terms with { Terms = terms.Terms.Add(term with { Rule = 10_000 }) };
            yield return With(term with { Peer = term.Peer.IsEmpty ? [new SetLiteral(0, true)] : term.Peer.RemoveAt(0) });
            foreach (var literal in term.Self)
            {
                yield return With(term with { Self = term.Self.Replace(literal, literal with { IsIn = !literal.IsIn }) });
            }

            var traffic = terms.Traffic[term.Traffic];
            if (!traffic.Ranges.IsEmpty)
            {
                var at = random.Next(traffic.Ranges.Length);
                var range = traffic.Ranges[at];
                var moved = range.Last == ushort.MaxValue ? range with { Last = (ushort)(range.Last - 1) } : range with { Last = (ushort)(range.Last + 1) };
                yield return terms with
                {
                    Traffic = terms.Traffic.Add(traffic with { Ranges = traffic.Ranges.SetItem(at, moved) }),
                    Terms = terms.Terms.SetItem(index, term with { Traffic = terms.Traffic.Length }),
                };
            }
        }
    }
}
