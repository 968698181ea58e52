using System.Text;
using Netpol.Model;
using Netpol.Semantics.Analysis;

namespace Netpol.Cli;

/// <summary>A difference for people: a paragraph a region, a line a service, the sum last.</summary>
internal static class DiffText
{
    public static string Of(ModelDifference difference)
    {
        var text = new StringBuilder();
        foreach (var region in difference.Regions)
        {
            Write(text, region);
        }

        foreach (var service in difference.Services)
        {
            text.AppendLine($"service `{service.Name}`: {string.Join("; ", service.Differences)}");
        }

        foreach (var qos in difference.Qos)
        {
            text.AppendLine($"qos  {qos.Endpoints.Text}");
            text.AppendLine($"  was      {Qos(qos.Old)}");
            text.AppendLine($"  is       {Qos(qos.New)}");
        }

        foreach (var family in difference.Families)
        {
            var name = family.Family == IpFamily.V4 ? "IPv4" : "IPv6";
            text.AppendLine(family.IsJudged ? $"{name} was dropped and is judged by the rules" : $"{name} was judged by the rules and is dropped");
        }

        text.AppendLine(difference.IsEmpty ? "no connection is judged differently" : Sum(difference));
        return text.ToString();
    }

    public static void Write(StringBuilder text, ChangedRegion region)
    {
        text.AppendLine($"{DiffJson.Word(region.Change)}  {DiffJson.Word(region.Direction)}  {Connections(region)}");
        text.AppendLine($"  was      {Side(region.Old)}");
        text.AppendLine($"  is       {Side(region.New)}");
        if (region.Effect != ChangeEffect.All)
        {
            text.AppendLine(region.Effect == ChangeEffect.None
                ? "  but      the other end's verdict is the answer before and after"
                : "  but      of some of them the other end's verdict is the answer before and after");
        }

        text.AppendLine($"  example  {EvalOutput.Ends(region.Example.Universe, region.Example.Flow)}"
            + $": {EvalOutput.Word(region.Example.Old.Verdict)} -> {EvalOutput.Word(region.Example.New.Verdict)}");
    }

    /// <summary><c>web -> api on 8081/tcp</c></summary>
    public static string Connections(ChangedRegion region) => $"{region.From.Text} -> {region.To.Text}{On(region.Traffic)}";

    private static string On(TrafficSet traffic)
    {
        var ports = traffic.Terms.IsEmpty ? ""
            : traffic.AllBut.IsEmpty ? $" on {string.Join(", ", traffic.Terms)}"
            : $" on everything but {string.Join(", ", traffic.AllBut)}";
        var names = string.Concat(traffic.ReceiverCalls.Select(name => $", where the receiver {(name.Value ? "calls" : "does not call")} the port `{name.Key}`"));
        var ways = traffic.Ways.IsEmpty ? "" : $", {string.Join(" or ", traffic.Ways.Select(way => way == TrafficSet.Direct ? "not through a service" : $"through {way}"))}";
        return ports + names + ways;
    }

    private static string Side(DecidedSide side)
    {
        var verdict = EvalOutput.Word(side.Outcome.Verdict) + (side.Outcome.Limit is { } limit ? $" limit {RuleText.Of(limit)}" : "")
            + (side.Outcome.Inspection is { } passing ? $" http {{ {passing} }}" : "");
        var causes = side.Rules.Select(rule => $"{rule.Origin}  {rule.Origin.Text}")
            .Concat(side.Isolating.Select(policy => $"{policy.Origin}  policy `{policy.Name}` selects, and no rule matches")).ToList();
        return causes.Count == 0 ? $"{verdict,-6}  no rule decides" : $"{verdict,-6}  {string.Join("\n                   ", causes)}";
    }

    private static string Qos(EffectiveQos qos)
    {
        var words = new[] { ("egress", qos.Egress), ("ingress", qos.Ingress) }.Where(rate => rate.Item2 is not null).Select(rate => $"{rate.Item1} {DiffJson.Text(rate.Item2)}")
            .Concat(qos.Priority is { } priority ? [$"priority {DiffJson.Word(priority)}"] : []).ToList();
        return words.Count == 0 ? "nothing is said" : string.Join("; ", words);
    }

    private static string Sum(ModelDifference difference)
    {
        int Count(ChangeKind kind) => difference.Regions.Count(region => region.Change == kind);
        var other = Count(ChangeKind.Other);
        return $"{DiagnosticOutput.Counted(difference.Regions.Length, "region")}: {Count(ChangeKind.Widened)} widened, {Count(ChangeKind.Narrowed)} narrowed"
            + (other == 0 ? "" : $", {other} other")
            + (difference.Services.IsEmpty ? "" : $"; {DiagnosticOutput.Counted(difference.Services.Length, "service")}")
            + (difference.Qos.IsEmpty ? "" : $"; qos of {DiagnosticOutput.Counted(difference.Qos.Length, "set")} of endpoints");
    }
}
