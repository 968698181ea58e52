using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Compilation.Sessions;

/// <summary>Rules put together, and what the next time can take of it.</summary>
/// <param name="Hidden">By the list of a direction and a stage.</param>
internal sealed record Assembly(
    DecisionScope Scope, VerdictTerms Terms, Numbering Numbering, IReadOnlyDictionary<(Direction Direction, RuleStage Stage), HiddenRules> Hidden);

/// <summary>What a rule came to when it was put together with the others: the same objects again where that has not changed.</summary>
/// <param name="Rule">As it was bound: with its place in its file.</param>
internal sealed record RulePlace(Rule Rule, DecidingRule Deciding)
{
    /// <summary>Of <see cref="Terms"/>.</summary>
    public Numbering? Numbering { get; init; }

    /// <summary>With the numbers of the bundle.</summary>
    public ImmutableArray<VerdictTerm> Terms { get; init; } = [];
}
