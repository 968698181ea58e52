using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>Policies of the ordinary tier; what belongs to other tiers is refused.</summary>
internal sealed class PolicyBinder(SetBinder sets, PortBinder ports)
{
    public Policy Bind(Declared<PolicySyntax> declared)
    {
        var (file, syntax) = (declared.File, declared.Syntax);
        if (syntax.Audit is { } audit)
        {
            file.Refuse(audit, "`audit` policies are");
        }

        if (syntax.Tier is { } tier)
        {
            file.Refuse(tier.Span, "tiers are");
        }

        var selected = sets.BindEndpoints(file, syntax.For, "rules for `host` are");
        var blocks = syntax.Blocks.Select(block => Bind(file, block)).ToImmutableArray();
        if (syntax.Tier is null && !syntax.IsDamaged)
        {
            WarnOfOnlyDenials(file, syntax);
        }

        return new Policy(syntax.Name.Value, selected, blocks, file.OriginOf(syntax), syntax.Documentation);
    }

    private PolicyBlock Bind(FileScope file, PolicyBlockSyntax syntax)
    {
        if (syntax.Open is { } open)
        {
            file.Refuse(open, "`open` blocks are");
        }

        var direction = syntax.Direction.Value == DirectionSyntax.Ingress ? Direction.Ingress : Direction.Egress;
        return new PolicyBlock(
            direction, [.. syntax.Rules.Select(rule => Bind(file, rule, direction)).OfType<Rule>()], file.OriginOf(syntax));
    }

    private Rule? Bind(FileScope file, RuleSyntax syntax, Direction direction)
    {
        CheckPeerWord(file, syntax, direction);
        var isLogged = BindClauses(file, syntax.Clauses);
        var peer = sets.Bind(file, syntax.Peer, direction == Direction.Ingress ? SetPlace.IngressPeer : SetPlace.EgressPeer);
        var matches = ports.Bind(file, syntax.Ports);
        var action = syntax.Action.Value switch
        {
            ActionSyntax.Allow => RuleAction.Allow,
            ActionSyntax.Deny => RuleAction.Deny,
            ActionSyntax.Reject => Refuse(file, syntax.Action, "`reject` rules are"),
            ActionSyntax.Pass => Refuse(file, syntax.Action, "`pass` rules are"),
            _ => throw new UnreachableException(),
        };
        return action is { } known
            ? new Rule(known, peer, matches, isLogged, file.OriginOf(syntax), syntax.Documentation)
            : null;
    }

    private static RuleAction? Refuse(FileScope file, Spelled<ActionSyntax> action, string feature)
    {
        file.Refuse(action.Span, feature);
        return null;
    }

    private static void CheckPeerWord(FileScope file, RuleSyntax syntax, Direction direction)
    {
        var (wanted, block, word) = direction == Direction.Ingress
            ? (PeerWordSyntax.From, "ingress", "from")
            : (PeerWordSyntax.To, "egress", "to");
        if (syntax.Word.Value != wanted)
        {
            file.Report(BindingDiagnostics.WrongPeerWord.At(file.Source, syntax.Word.Span, block, word).WithFix(word));
        }
    }

    /// <summary>Whether one of the clauses is <c>log</c>.</summary>
    private static bool BindClauses(FileScope file, ImmutableArray<ClauseSyntax> clauses)
    {
        var isLogged = false;
        foreach (var clause in clauses)
        {
            switch (clause)
            {
                case ClauseSyntax.Log when isLogged:
                    file.Report(BindingDiagnostics.SaidTwice, clause.Span, "log");
                    break;
                case ClauseSyntax.Log:
                    isLogged = true;
                    break;
                case ClauseSyntax.Limit:
                    file.Refuse(clause.Span, "`limit` is");
                    break;
                case ClauseSyntax.Http:
                    file.Refuse(clause.Span, "`http` is");
                    break;
                default:
                    throw new UnreachableException();
            }
        }

        return isLogged;
    }

    private static void WarnOfOnlyDenials(FileScope file, PolicySyntax policy)
    {
        foreach (var blocks in policy.Blocks.GroupBy(block => block.Direction.Value))
        {
            var rules = blocks.SelectMany(block => block.Rules).ToList();
            if (rules.Count > 0 && blocks.All(block => block.Open is null)
                && rules.All(rule => rule.Action.Value is ActionSyntax.Deny or ActionSyntax.Reject))
            {
                var name = blocks.Key == DirectionSyntax.Ingress ? "ingress" : "egress";
                file.Report(MeaningDiagnostics.OnlyDenials, blocks.First().Direction.Span, name, policy.Name.Value);
            }
        }
    }
}
