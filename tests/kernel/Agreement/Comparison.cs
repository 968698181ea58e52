using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Tests.Kernel.Datapath;
using KernelVerdict = Netpol.Bundle.Verdict;
using Verdict = Netpol.Semantics.Verdict;

namespace Netpol.Tests.Kernel.Agreement;

/// <summary>What the evaluator says against what the kernel did: verdict, reason, deciding rule and log, of each end asked.</summary>
internal static class Comparison
{
    /// <summary>Null where they agree: the kernel did what one of the judgements says (one for each backend it could draw).</summary>
    internal static string? Disagreement(Manifest manifest, Universe universe, Trial trial, ImmutableArray<Judgement> judgements, Outcome outcome)
    {
        var seen = Seen(manifest, outcome);
        var expected = judgements.Select(judgement => Expected(universe, trial, judgement)).Distinct().ToList();
        return expected.Contains(seen) ? null : $"kernel:    {seen}\nevaluator: {string.Join("\n       or: ", expected)}";
    }

    /// <summary>The buckets that paid for what the kernel did: of the ends that this node judged, in one of the judgements that it agrees with.</summary>
    internal static IEnumerable<Bucket> Paid(Manifest manifest, Universe universe, Trial trial, ImmutableArray<Judgement> judgements, Outcome outcome)
    {
        var seen = Seen(manifest, outcome);
        var judgement = judgements.First(judgement => Expected(universe, trial, judgement) == seen);
        if (!trial.ByStack && !trial.ByUplink && judgement.Egress.Paid is { } egress)
        {
            yield return egress;
        }

        var destination = judgement.Translation?.Backend ?? trial.Flow.Destination;
        var isAsked = trial.ByStack || (trial.ByUplink && universe.EndpointAt(destination)?.Node == RandomUniverse.ThisNode) || (judgement.Egress.Verdict == Verdict.Allow && universe.EndpointAt(destination)?.Node == RandomUniverse.ThisNode);
        if (isAsked && judgement.Ingress.Paid is { } ingress)
        {
            yield return ingress;
        }
    }

    private static string Seen(Manifest manifest, Outcome outcome)
    {
        var record = outcome.Record;
        var verdict = outcome.Exit switch
        {
            Exit.Stack or Exit.Peer or Exit.Straight => Verdict.Allow,
            Exit.Reject => Verdict.Reject,
            _ when outcome.Verdict == KernelVerdict.Reject => Verdict.Reject,
            _ => Verdict.Deny,
        };
        var answer = $"{verdict} because {Because(verdict, outcome)}";
        answer += End(manifest, "egress", record.EgressVerdict, record.EgressReason, record.EgressRule);
        answer += End(manifest, "ingress", record.IngressVerdict, record.IngressReason, record.IngressRule);
        answer += record.Logged != 0 ? ", logged" : "";
        return record.Service != 0 && verdict == Verdict.Allow
            ? $"{answer}, to {(record.Reason == (byte)Reason.SameEndpoint ? "itself" : $"{outcome.Packet.Destination}")}:{outcome.Packet.DestinationPort}"
            : answer;
    }

    /// <summary>Of two ends that allow either may be named as the reason; both are compared for themselves.</summary>
    private static string Because(Verdict verdict, Outcome outcome) =>
        verdict == Verdict.Allow && outcome.Reason is Reason.Rule or Reason.NotIsolated ? "the ends" : $"{outcome.Reason}";

    private static string End(Manifest manifest, string name, byte verdict, byte reason, uint rule)
    {
        // The node's right is asked of policies with tiers alone.
        if (verdict == 0 || reason == (byte)Reason.Host)
        {
            return "";
        }

        var answer = $", {name} {(KernelVerdict)verdict} {(Reason)reason}";
        if (rule == 0)
        {
            return answer;
        }

        var entry = manifest.Rules[(int)rule - 1];
        return $"{answer} {entry.File}:{entry.Line}:{entry.Column}";
    }

    private static string Expected(Universe universe, Trial trial, Judgement judgement)
    {
        var (egress, ingress) = (judgement.Egress, judgement.Ingress);
        if (trial.ByUplink && egress.Reason == JudgementReason.Family)
        {
            // Left to the host's stack, which brings it to the container's own hook.
            return "Allow because None";
        }

        if (egress.Reason is JudgementReason.Source or JudgementReason.Family or JudgementReason.ServicePort or JudgementReason.ServiceBackends or JudgementReason.ServiceSource)
        {
            return $"{egress.Verdict} because {egress.Reason}";
        }

        var destination = judgement.Translation?.Backend ?? trial.Flow.Destination;
        if (egress.Reason == JudgementReason.SameEndpoint)
        {
            return $"Allow because SameEndpoint{(judgement.Translation is { } self ? $", to itself:{self.BackendPort}" : "")}";
        }

        if (trial.ByUplink)
        {
            return ByUplink(universe, judgement, destination);
        }

        if (trial.ByStack)
        {
            return ingress.Reason == JudgementReason.Host ? "Allow because Host" : Verdicts([("ingress", ingress)]);
        }

        // The destination's ingress is this node's to judge only where the destination is here.
        var isHere = universe.EndpointAt(destination)?.Node == RandomUniverse.ThisNode;
        var asked = egress.Verdict == Verdict.Allow && isHere ? Verdicts([("egress", egress), ("ingress", ingress)]) : Verdicts([("egress", egress)]);
        var isAllowed = egress.Verdict == Verdict.Allow && (!isHere || ingress.Verdict == Verdict.Allow);
        return judgement.Translation is { } translation && isAllowed ? $"{asked}, to {translation.Backend}:{translation.BackendPort}" : asked;
    }

    /// <summary>The container's node judges its ingress; this one forwards what goes to others.</summary>
    private static string ByUplink(Universe universe, Judgement judgement, Address destination)
    {
        var isHere = universe.EndpointAt(destination)?.Node == RandomUniverse.ThisNode;
        var answer = isHere ? Verdicts([("ingress", judgement.Ingress)]) : "Allow because Forwarded";
        return judgement.Translation is { } translation && (!isHere || judgement.Ingress.Verdict == Verdict.Allow)
            ? $"{answer}, to {translation.Backend}:{translation.BackendPort}"
            : answer;
    }

    private static string Verdicts(ImmutableArray<(string Name, DirectionJudgement Judgement)> ends)
    {
        var last = ends[^1].Judgement;
        var answer = last.Verdict == Verdict.Allow ? "Allow because the ends" : $"{last.Verdict} because {last.Reason}";
        answer += string.Concat(ends.Select(end =>
            $", {end.Name} {end.Judgement.Verdict} {end.Judgement.Reason}{(end.Judgement.Rule is { } rule ? $" {rule.Origin}" : "")}"));
        return answer + (ends.Any(end => end.Judgement.IsLogged) ? ", logged" : "");
    }
}
