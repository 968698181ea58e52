using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Passes;

/// <summary>
/// Answers at build time whether a clause has to ask the later ones for <c>log</c>.
/// <code>
/// allow #1 log? when a        allow #1 log? when a
/// allow #2 log  when b   =>   allow #2 log  when b
/// allow #3 log? when c        allow #3      when c
/// </code>
/// A clause that decides is the first that matches, so those before it need not be asked.
/// </summary>
public sealed class SettleLogging : IPass
{
    public string Name => "settle-logging";

    public DecisionProgram Run(DecisionProgram program) => program.Directions(direction => direction.Lists(Settle));

    private static ImmutableArray<Step> Settle(ImmutableArray<Step> steps)
    {
        var isAsked = false;
        var settled = new Step[steps.Length];
        for (var index = steps.Length - 1; index >= 0; index--)
        {
            settled[index] = steps[index] switch
            {
                Step.Clause { Log: LogAnswer.WhereAnotherMatches } clause when !isAsked => clause with { Log = LogAnswer.No },
                Step.Clause clause => clause,
                _ => throw new UnreachableException("clauses are shared under guards by the last pass"),
            };
            isAsked |= settled[index] is Step.Clause { Log: LogAnswer.Yes };
        }

        return [.. settled];
    }
}
