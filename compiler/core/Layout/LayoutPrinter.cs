using System.Globalization;
using System.Text;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Layout;

/// <summary>The dump of a layout; what the snapshots hold.</summary>
public static class LayoutPrinter
{
    public static string Print(DecisionProgram program, DatapathLayout layout)
    {
        var text = new StringBuilder();
        var features = layout.Features;
        Line(text, $"features{Word(features.Ipv4, "ipv4")}{Word(features.Ipv6, "ipv6")}{Word(features.Services, "services")}{Word(features.PortNames, "port-names")}{Word(features.Tiers, "tiers")}{Word(layout.ReportsDrops, "drop-events")}");
        Line(text, $"member words {layout.MemberWords}, port name words {layout.PortNameWords}");
        text.Append("bits\n");
        foreach (var set in program.Sets)
        {
            Line(text, $"    {set.Id.Index} {set.Title}");
        }

        text.Append("classes\n");
        foreach (var members in layout.Classes.Members)
        {
            Line(text, $"    {layout.Classes[members]} {{{string.Join(", ", members.Bits)}}}");
        }

        text.Append("prefixes\n");
        foreach (var entry in layout.Prefixes4.Concat(layout.Prefixes6))
        {
            Line(text, $"    {entry.Prefix} class {layout.Classes[entry.Members]}");
        }

        Line(text, $"verdicts {(layout.Verdicts.AreTables ? "in tables" : "in code: " + layout.Verdicts.Reason)}");

        foreach (var ids in layout.ServicePorts)
        {
            var service = program.Services[ids.Service - 1].Service;
            Line(text, $"service {ids.Service} {service.Name} ports {ids.First}-{ids.First + service.Ports.Length - 1}");
        }

        foreach (var sample in layout.Samples)
        {
            Line(text, $"flows 1 in {sample.OneIn}{(sample.For is { } set ? $" for {set.Index}" : "")}");
        }

        text.Append("maps\n");
        foreach (var map in layout.Maps)
        {
            Line(text, $"    {map.Name} {map.Scope} {map.Type} key {map.KeySize} value {map.ValueSize} entries {map.MaxEntries}");
        }

        return text.ToString();
    }

    private static string Word(bool isOn, string word) => isOn ? " " + word : "";

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
