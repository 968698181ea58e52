using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>Which rules the tests and assertions of a model exercise: those that decide some connection which a line means.</summary>
public static class TestCoverage
{
    /// <summary>Every rule, in the order of the text.</summary>
    public static ImmutableArray<CoveredRule> Of(NetworkModel model)
    {
        var prover = new LineProver(model);
        var lines = model.Tests.SelectMany(test => test.Lines).Concat(model.Assertions.Select(AssertionProver.LineOf));
        var exercised = (from line in lines
                         from rule in prover.Exercise(line)
                         select (rule.Origin, Line: line.Origin)).ToLookup(pair => pair.Origin, pair => pair.Line);
        return
        [
            .. from policy in model.Policies
               from direction in Enum.GetValues<Direction>()
               from rule in policy.RulesOf(direction)
               orderby rule.Origin
               select new CoveredRule(rule, policy, direction, [.. exercised[rule.Origin].Distinct().Order()]),
        ];
    }
}

/// <param name="Lines">Places of the test lines and assertions that exercise it.</param>
public sealed record CoveredRule(Rule Rule, Policy Policy, Direction Direction, ImmutableArray<Origin> Lines);
