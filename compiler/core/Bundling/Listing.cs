using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Compiler.Layout;

namespace Netpol.Compiler.Bundling;

/// <summary>A manifest for people: <c>listing.txt</c> of a bundle.</summary>
public static class Listing
{
    public const string FileName = "listing.txt";

    /// <param name="terms">Of tables.</param>
    public static string Print(Manifest manifest, VerdictTerms? terms)
    {
        var text = new StringBuilder();
        Line(text, $"policies: {manifest.Policies.Length}, rules: {manifest.Rules.Length}, sets: {manifest.Sets.Length}, prefixes: {manifest.Prefixes.Length}, services: {manifest.Services.Length} -> {manifest.Object}");
        text.Append(Verdicts(manifest, terms));
        Section(text, "sources", manifest.Sources.Select(source => source));
        Section(text, "sets (bit, name)", manifest.Sets.Select(set => Row($"{set.Bit,4}  {set.Name}")));
        Section(text, "policies (bit of whom they select)", manifest.Policies.Select(policy => Row(
            $"{policy.Bit,4}  {policy.Name}{(policy.IsolatesIngress ? " ingress" : "")}{(policy.IsolatesEgress ? " egress" : "")}  {policy.File}:{policy.Line}:{policy.Column}")));
        Section(text, "rules (id, place)", manifest.Rules.Select(rule => Row(
            $"{rule.Id,4}  {rule.File}:{rule.Line}:{rule.Column}  {rule.Policy} {rule.Direction}: {rule.Text}")));
        Section(text, "port names (bit)", manifest.PortNames.Select((name, bit) => Row($"{bit,4}  {name}")));
        Section(text, "services (id)", manifest.Services.SelectMany(service => Service(service, manifest.Sets)));
        Section(text, "address classes (id, bits)", manifest.Classes.Select((members, index) => Row($"{index + 1,4}  {{{string.Join(", ", members)}}}")));
        Section(text, "prefixes (class)", manifest.Prefixes.Select(entry => Row($"{entry.Prefix}  {entry.Class}")));
        Section(text, "maps (bytes of key and value, entries, bytes of the kernel, and for each processor)", manifest.Layout.Maps.Select(Map));
        Section(text, "capacity (bytes of the kernel at the declared scale, and for each processor)",
        [
            Total("for as long as the node", manifest.Layout.Maps.Where(map => map.Scope == "node")),
            Total("of this bundle, twice while it replaces itself", manifest.Layout.Maps.Where(map => map.Scope != "node")),
        ]);
        return text.ToString();
    }

    /// <summary>How verdicts are taken, and what was weighed; a line each.</summary>
    public static string Verdicts(Manifest manifest, VerdictTerms? terms) => !manifest.Verdicts.AreTables
        ? $"verdicts: in code, because {manifest.Verdicts.Reason}\n"
        : terms is null ? "verdicts: in tables\n" : $"verdicts: in tables\nweighed: {VerdictWeighing.Of(terms).Print()}\n";

    private static string Map(MapEntry map)
    {
        var memory = MapMemory.Of(map);
        return Row($"{map.Name,-24}{map.Scope,-12}{map.Type,-14}{map.KeySize,4}{map.ValueSize,6}{map.MaxEntries,10}{(memory.GrowsWithContent ? " up to" : ""),7}{memory.Bytes,11}{memory.BytesPerProcessor,7}");
    }

    private static string Total(string what, IEnumerable<MapEntry> maps)
    {
        var memory = MapMemory.Of(maps);
        return Row($"{what,-50}{(memory.GrowsWithContent ? "up to" : ""),6}{memory.Bytes,11}{memory.BytesPerProcessor,7}");
    }

    private static IEnumerable<string> Service(ServiceEntry service, ImmutableArray<SetEntry> sets)
    {
        yield return Row($"{service.Id,4}  {service.Name} {string.Join(", ", service.Addresses)}");
        foreach (var port in service.Ports)
        {
            yield return Row($"      {(port.Name is null ? "" : port.Name + " ")}{port.Port}/{port.Protocol} -> {(port.TargetName is null ? port.TargetPort : "port " + port.TargetName)} (id {port.Id})");
        }

        yield return service.BackendSet is { } bit
            ? Row($"      backends: endpoints in set {bit}, {sets[bit].Name}")
            : "      backends: " + string.Join(", ", service.Backends.Select(backend => Row($"{backend.Address} weight {backend.Weight}")));
    }

    private static void Section(StringBuilder text, string title, IEnumerable<string> rows)
    {
        var all = rows.ToList();
        if (all.Count > 0)
        {
            text.Append('\n').Append(title).Append('\n');
            all.ForEach(row => text.Append("  ").Append(row.TrimEnd()).Append('\n'));
        }
    }

    private static string Row(FormattableString row) => row.ToString(CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.Append(Row(line)).Append('\n');
}
