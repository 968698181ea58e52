using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Netpol.Loader;
using Netpol.Observe;
using Spectre.Console;

namespace Netpol.Cli;

/// <summary><c>netpol counters</c>: how often each rule decided, and why packets were dropped.</summary>
internal sealed class CountersCommand : NetpolCommand
{
    private readonly Terminal _terminal;
    private readonly NodeArguments _node;

    public CountersCommand(Terminal terminal)
        : base("counters", "Show how often each rule decided and why packets were dropped.", "netpol counters -o json")
    {
        _terminal = terminal;
        _node = new NodeArguments(this, hasOutput: true);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        using var node = Node.Open(_node.Paths(arguments, _terminal), new NodeOptions(ReadOnly: true));
        var counters = node.Counters();
        if (_node.IsJson(arguments))
        {
            _terminal.Output.WriteLine(JsonOutput.Indented(Json(counters)));
        }
        else
        {
            Show(counters);
        }

        return ExitCode.Good;
    }

    private void Show(CounterSnapshot counters)
    {
        Table rules = new() { Border = TableBorder.None };
        rules.AddColumns("verdicts", "bytes", "rule", "text");
        foreach (var count in counters.Rules.Append(counters.WithoutRule))
        {
            rules.AddRow(new[]
            {
                count.Verdicts.ToString(CultureInfo.InvariantCulture),
                count.Bytes.ToString(CultureInfo.InvariantCulture),
                PlaceOf(count) ?? "-",
                count.Rule?.Text ?? "verdicts that no rule took",
            }.Select(Markup.Escape).ToArray());
        }

        _terminal.Markup().Write(rules);
        if (counters.XdpToBackends + counters.XdpToClients > 0)
        {
            _terminal.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"by XDP {counters.XdpToBackends} packets went to backends on other nodes, {counters.XdpToClients} back to clients"));
        }

        if (counters.Drops.IsEmpty)
        {
            _terminal.Output.WriteLine("no packet was dropped");
            return;
        }

        Table drops = new() { Border = TableBorder.None };
        drops.AddColumns("dropped", "reason", "");
        foreach (var drop in counters.Drops)
        {
            drops.AddRow(
                drop.Packets.ToString(CultureInfo.InvariantCulture), Words.NameOf(drop.Reason), Words.SentenceOf(drop.Reason));
        }

        _terminal.Output.WriteLine();
        _terminal.Markup().Write(drops);
    }

    private static JsonObject Json(CounterSnapshot counters) => new()
    {
        ["generation"] = counters.Generation,
        ["rules"] = new JsonArray([.. counters.Rules.Select(Json)]),
        ["withoutRule"] = new JsonObject
        {
            ["verdicts"] = counters.WithoutRule.Verdicts,
            ["bytes"] = counters.WithoutRule.Bytes,
        },
        ["xdp"] = new JsonObject { ["toBackends"] = counters.XdpToBackends, ["toClients"] = counters.XdpToClients },
        ["drops"] = new JsonArray([.. counters.Drops.Select(drop => new JsonObject
        {
            ["reason"] = Words.NameOf(drop.Reason),
            ["why"] = Words.SentenceOf(drop.Reason),
            ["packets"] = drop.Packets,
        })]),
    };

    private static JsonObject Json(RuleCount count) => new()
    {
        ["rule"] = PlaceOf(count),
        ["policy"] = count.Rule?.Policy,
        ["direction"] = count.Rule?.Direction,
        ["action"] = count.Rule?.Action,
        ["text"] = count.Rule?.Text,
        ["verdicts"] = count.Verdicts,
        ["bytes"] = count.Bytes,
    };

    private static string? PlaceOf(RuleCount count) => count.Rule is { } rule
        ? string.Create(CultureInfo.InvariantCulture, $"{rule.File}:{rule.Line}:{rule.Column}")
        : null;
}
