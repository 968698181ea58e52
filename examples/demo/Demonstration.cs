using Netpol.Lab;
using Netpol.Lab.Traffic;
using Spectre.Console;

namespace Netpol.Demo;

/// <summary>The demo's story, in order.</summary>
internal sealed class Demonstration(IAnsiConsole console, NetpolCli cli, string work, string plugin)
{
    private const string Bundle = "shop.bundle";

    /// <returns>Whether every packet did what the policy says.</returns>
    public bool Run()
    {
        Step($"building {Shop.Source}");
        cli.Run(null, "", "test", Shop.Source);
        Build();

        Step("making a node");
        using var node = LabNode.Create(new(plugin, Path.Combine(work, Bundle)));
        using var shop = new Shop(node, name => Step($"attaching {name} through ptp, host-local and netpol"));
        using var events = new EventLog(cli, node);

        Step("sending TCP, UDP and ICMP, IPv4 and IPv6");
        var before = Send(node, shop, events);
        Report.Print(console, before);

        Step("opening two connections that stay open");
        var (kept, lost) = shop.OpenConnections();
        using (kept)
        using (lost)
        {
            var werePassing = Exchange(kept) && Exchange(lost);

            Step($"editing `{Shop.RuleBefore}` to `{Shop.RuleAfter}`, and loading it");
            Edit();
            Build();
            Step(cli.Run(node.Network, "", "load", Bundle, "--pins", node.Pins, "--state", node.State).Trim());

            var goesOn = Exchange(kept);
            var stopped = !Exchange(lost);
            Say($"web → checkout, opened before, {(goesOn ? "goes on" : "broke")}", goesOn);
            Say($"batch → api-2, opened before, {(stopped ? "has stopped" : "goes on")}", stopped);

            Step("sending everything again");
            events.Clear();
            var after = Send(node, shop, events);
            Report.PrintDifference(console, before, after);
            return werePassing && goesOn && stopped && before.All(row => row.IsRight) && after.All(row => row.IsRight);
        }
    }

    private void Build() => Step(cli.Run(null, "", "build", Shop.Source, "-o", Bundle).Trim());

    private void Edit()
    {
        var path = Path.Combine(work, Shop.Source);
        var text = File.ReadAllText(path);
        if (!text.Contains(Shop.RuleBefore, StringComparison.Ordinal))
        {
            throw new DemoException($"{Shop.Source} has no rule `{Shop.RuleBefore}` to edit");
        }

        File.WriteAllText(path, text.Replace(Shop.RuleBefore, Shop.RuleAfter, StringComparison.Ordinal));
    }

    private List<Row> Send(LabNode node, Shop shop, EventLog events)
    {
        var flows = shop.Flows();
        var questions = string.Join('\n', flows.Select(flow => flow.ToJson(node.Containers)));
        var expected = cli.Run(null, questions, "eval", Shop.Source, "--flows", "-", "--json")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(Verdict.Parse)
            .ToArray();
        if (expected.Length != flows.Count)
        {
            throw new DemoException($"`netpol eval` answered {expected.Length} of {flows.Count} flows");
        }

        var seen = SideBySide.Run([.. flows.Select<Flow, Func<ProbeResult>>(flow => flow.Send)]);
        return [.. flows.Select((flow, index) => new Row(flow, expected[index], seen[index], events.Find(flow)))];
    }

    private static bool Exchange(LabConnection connection) => connection.Exchange("still there?", Probe.DefaultTimeout) is not null;

    private void Step(string text) => console.MarkupLineInterpolated($"[bold]==>[/] {text}");

    private void Say(string text, bool isGood) => console.MarkupLineInterpolated($"    [{(isGood ? "green" : "red")}]{text}[/]");
}
