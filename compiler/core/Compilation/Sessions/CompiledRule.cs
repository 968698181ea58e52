using System.Collections.Immutable;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Ir;
using Netpol.Compiler.Lowering;
using Netpol.Model;

namespace Netpol.Compiler.Compilation.Sessions;

/// <summary>
/// All that one rule comes to by itself, numbered as <see cref="RuleCompiler"/> numbers sets, port names and traffic: what the rules
/// around it change is left to <see cref="ProgramAssembly"/>.
/// </summary>
/// <param name="Meaning">What was compiled; where it stands may have changed since.</param>
/// <param name="Sets">What it asked the table of sets for, in this order.</param>
/// <param name="PortNames">The same of port names.</param>
/// <param name="When">What the passes over conditions left; null: nothing can meet it.</param>
/// <param name="Conjuncts">Of <paramref name="When"/>, as numbers.</param>
/// <param name="Atoms">Of <paramref name="When"/>, those that name sets and port names.</param>
/// <param name="Terms">Of rule 0.</param>
/// <param name="ServiceUse">It names a service, so it depends on which there are.</param>
internal sealed record CompiledRule(
    Rule Meaning,
    RuleStage Stage,
    Direction Direction,
    ImmutableArray<SetRequest> Sets,
    ImmutableArray<int> PortNames,
    Condition? When,
    ImmutableArray<int> Conjuncts,
    ImmutableArray<Condition> Atoms,
    ImmutableArray<VerdictTerm> Terms,
    bool ServiceUse)
{
    public RuleAction Action => Meaning.Action;

    public RateLimit? Limit => Meaning.Limit;

    public bool IsLogged => Meaning.IsLogged;

    /// <summary>What <see cref="ProgramAssembly"/> made of it last.</summary>
    public RulePlace? Last { get; set; }

    /// <summary>Would compiling the rule make the same of it, services being the same?</summary>
    public bool IsOf(Rule rule, RuleStage stage, Direction direction) =>
        (Stage, Direction) == (stage, direction) && (Action, IsLogged, Limit) == (rule.Action, rule.IsLogged, rule.Limit)
        && rule.Http is null && Meaning.Peer.Equals(rule.Peer) && Meaning.Ports.AsSpan().SequenceEqual(rule.Ports.AsSpan());

    /// <summary>It decides the same connections alike: only its text, comments or place may differ.</summary>
    public bool MeansTheSame(CompiledRule other) =>
        Action == other.Action && Stage == other.Stage && Limit == other.Limit && Direction == other.Direction && IsLogged == other.IsLogged
        && (When, other.When) switch
        {
            (null, null) => true,
            ({ } own, { } others) => ConditionComparer.Instance.Equals(own, others),
            _ => false,
        };
}

/// <summary>A policy's rules, in the order of their origins.</summary>
/// <param name="For">Every binding of a policy makes it anew, so that the same object is the same binding.</param>
internal sealed record CompiledPolicy(AddressSet For, SetRequest Selector, ImmutableArray<CompiledRule> Rules);
