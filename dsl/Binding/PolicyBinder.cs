using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>Policies, their blocks and rules.</summary>
internal sealed class PolicyBinder(SetBinder sets, PortBinder ports)
{
    public Policy Bind(Declared<PolicySyntax> declared)
    {
        var (file, syntax) = (declared.File, declared.Syntax);
        if (syntax.Audit is { } audit)
        {
            file.Refuse(audit, "`audit` policies are");
        }

        var tier = TierBinder.Bind(file, syntax.Tier);
        var selected = sets.BindEndpoints(file, syntax.For, "rules for `host` are");
        var blocks = syntax.Blocks.Select(block => Bind(file, block, tier)).ToImmutableArray();
        if (!tier.IsOrdered && !syntax.IsDamaged)
        {
            WarnOfOnlyDenials(file, syntax);
        }

        return new Policy(syntax.Name.Value, selected, blocks, file.OriginOf(syntax), syntax.Documentation) { Tier = tier };
    }

    private PolicyBlock Bind(FileScope file, PolicyBlockSyntax syntax, Tier tier)
    {
        if (syntax.Open is { } open && tier.IsOrdered)
        {
            file.Report(BindingDiagnostics.OpenOutsideOrdinary.At(file.Source, open).WithFix(""));
        }

        var direction = syntax.Direction.Value == DirectionSyntax.Ingress ? Direction.Ingress : Direction.Egress;
        return new PolicyBlock(direction, [.. syntax.Rules.Select(rule => Bind(file, rule, direction, tier))], file.OriginOf(syntax))
        {
            IsOpen = syntax.Open is not null,
        };
    }

    private Rule Bind(FileScope file, RuleSyntax syntax, Direction direction, Tier tier)
    {
        CheckPeerWord(file, syntax, direction);
        CheckPass(file, syntax, tier);
        var (isLogged, limit, http) = BindClauses(file, syntax, tier);
        var peer = sets.Bind(file, syntax.Peer, direction == Direction.Ingress ? SetPlace.IngressPeer : SetPlace.EgressPeer);
        var matches = ports.Bind(file, syntax.Ports);
        if (http is not null && !HttpBinder.AreTcp(matches))
        {
            file.Report(BindingDiagnostics.HttpWithoutTcp, syntax.Clauses.OfType<ClauseSyntax.Http>().First().Span);
        }

        if (syntax.Action.Value != ActionSyntax.Allow && DnsBinder.IsIn(peer))
        {
            file.Report(BindingDiagnostics.MisplacedDns, syntax.Peer.Span);
        }

        var action = syntax.Action.Value switch
        {
            ActionSyntax.Allow => RuleAction.Allow,
            ActionSyntax.Deny => RuleAction.Deny,
            ActionSyntax.Reject => RuleAction.Reject,
            ActionSyntax.Pass => RuleAction.Pass,
            _ => throw new UnreachableException(),
        };
        return new Rule(action, peer, matches, isLogged, file.OriginOf(syntax), syntax.Documentation)
        {
            Limit = limit,
            Http = http,
        };
    }

    /// <summary>It leaves a tier that has an order; the ordinary one has none.</summary>
    private static void CheckPass(FileScope file, RuleSyntax syntax, Tier tier)
    {
        if (syntax.Action.Value == ActionSyntax.Pass && !tier.IsOrdered)
        {
            file.Report(BindingDiagnostics.PassInOrdinary, syntax.Action.Span);
        }
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

    private static (bool IsLogged, RateLimit? Limit, ImmutableArray<HttpMatch>? Http) BindClauses(FileScope file, RuleSyntax rule, Tier tier)
    {
        var (isLogged, isLimited) = (false, false);
        RateLimit? limit = null;
        ImmutableArray<HttpMatch>? http = null;
        foreach (var clause in rule.Clauses)
        {
            switch (clause)
            {
                case ClauseSyntax.Log when isLogged:
                    file.Report(BindingDiagnostics.SaidTwice, clause.Span, "log");
                    break;
                case ClauseSyntax.Log:
                    isLogged = true;
                    WarnOfSilentLog(file, rule, clause, tier);
                    break;
                case ClauseSyntax.Limit when isLimited:
                    file.Report(BindingDiagnostics.SaidTwice, clause.Span, "limit");
                    break;
                case ClauseSyntax.Limit written:
                    isLimited = true;
                    CheckAllowClause(file, rule, clause, tier, "limit");
                    limit = LimitBinder.Bind(file, written);
                    break;
                case ClauseSyntax.Http when http is not null:
                    file.Report(BindingDiagnostics.SaidTwice, clause.Span, "http");
                    break;
                case ClauseSyntax.Http written:
                    CheckAllowClause(file, rule, clause, tier, "http");
                    http = HttpBinder.Bind(file, written);
                    break;
                default:
                    throw new UnreachableException();
            }
        }

        return (isLogged, limit, http);
    }

    private static void CheckAllowClause(FileScope file, RuleSyntax rule, ClauseSyntax clause, Tier tier, string word)
    {
        if (tier.IsOrdered)
        {
            file.Report(BindingDiagnostics.MisplacedClause, clause.Span, word, $"a rule of {tier}");
        }
        else if (rule.Action.Value != ActionSyntax.Allow)
        {
            file.Report(BindingDiagnostics.MisplacedClause, clause.Span, word, $"`{file.Source.TextOf(rule.Action.Span)}`");
        }
    }

    /// <summary>A <c>pass</c> of the admin tier takes no verdict; that of the baseline allows.</summary>
    private static void WarnOfSilentLog(FileScope file, RuleSyntax rule, ClauseSyntax clause, Tier tier)
    {
        if (rule.Action.Value == ActionSyntax.Pass && tier.Kind == TierKind.Admin)
        {
            file.Report(MeaningDiagnostics.LogWithoutVerdict.At(file.Source, clause.Span).WithFix(""));
        }
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
