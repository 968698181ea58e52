using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Netpol.Loader;
using Spectre.Console;

namespace Netpol.Cli;

/// <summary><c>netpol pressure</c>: how full the node's tables are.</summary>
internal sealed class PressureCommand : NetpolCommand
{
    /// <summary>From here on it is said on the error stream too.</summary>
    private const double High = 0.9;

    private readonly Terminal _terminal;
    private readonly NodeArguments _node;

    public PressureCommand(Terminal terminal)
        : base("pressure", "Show how full the node's tables are: connections, addresses, services, limits.", "netpol pressure", "netpol pressure -o json")
    {
        _terminal = terminal;
        _node = new NodeArguments(this, hasOutput: true);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        using var node = Node.Open(_node.Paths(arguments, _terminal), new NodeOptions(ReadOnly: true));
        var pressure = node.Pressure();
        if (_node.IsJson(arguments))
        {
            _terminal.Output.WriteLine(pressure is null ? "null" : JsonOutput.Indented(Json(pressure)));
        }
        else if (pressure is null)
        {
            _terminal.Output.WriteLine("no bundle is in charge; load one with `netpol load BUNDLE`");
        }
        else
        {
            Show(pressure);
        }

        Warn(pressure);
        return ExitCode.Good;
    }

    private void Show(NodePressure pressure)
    {
        Table table = new() { Border = TableBorder.None };
        table.AddColumns("table", "used", "room", "", "");
        foreach (var connections in pressure.Connections)
        {
            table.AddRow(
                $"connections{connections.Family}", Number(connections.InUse + connections.Silent), Number(connections.Room), Percent(connections.Fraction),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"and {connections.Unanswered} unanswered, {connections.Closed} closed, {connections.Expired} expired, which give way; {connections.FullSets} of {connections.Sets} sets are full"));
        }

        foreach (var one in pressure.Tables)
        {
            table.AddRow(one.Name, Number(one.Used), Number(one.Room), Percent(one.Fraction), one.GivesWay ? "the oldest gives way" : "");
        }

        _terminal.Markup().Write(table);
    }

    private void Warn(NodePressure? pressure)
    {
        if (pressure is null)
        {
            return;
        }

        _terminal.Output.Flush();
        var high = pressure.Connections.Where(connections => connections.Fraction >= High || connections.FullSets > 0).Select(connections => $"connections{connections.Family}")
            .Concat(pressure.Tables.Where(table => !table.GivesWay && table.Fraction >= High).Select(table => table.Name)).ToList();
        if (high.Count > 0)
        {
            _terminal.Error.WriteLine($"netpol: warning: nearly full: {string.Join(", ", high)}; a bundle whose `scale` declares more makes more room");
        }

        if (pressure.Refused > 0)
        {
            _terminal.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"netpol: warning: {pressure.Refused} packets of new connections were dropped for lack of room"));
        }
    }

    private static JsonObject Json(NodePressure pressure) => new()
    {
        ["connections"] = new JsonArray([.. pressure.Connections.Select(connections => new JsonObject
        {
            ["family"] = connections.Family,
            ["room"] = connections.Room,
            ["inUse"] = connections.InUse,
            ["silent"] = connections.Silent,
            ["unanswered"] = connections.Unanswered,
            ["closed"] = connections.Closed,
            ["expired"] = connections.Expired,
            ["sets"] = connections.Sets,
            ["fullSets"] = connections.FullSets,
            ["fraction"] = Math.Round(connections.Fraction, 4),
        })]),
        ["tables"] = new JsonArray([.. pressure.Tables.Select(table => new JsonObject
        {
            ["name"] = table.Name,
            ["used"] = table.Used,
            ["room"] = table.Room,
            ["givesWay"] = table.GivesWay,
            ["fraction"] = Math.Round(table.Fraction, 4),
        })]),
        ["refused"] = pressure.Refused,
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double fraction) => string.Create(CultureInfo.InvariantCulture, $"{100 * fraction:0.0} %");
}
