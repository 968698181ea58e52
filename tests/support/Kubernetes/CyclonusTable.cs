using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Tests.Support.Kubernetes;

/// <summary>One step of a cyclonus case: a cluster's state and which probes a simulator of Kubernetes' API lets through.</summary>
public sealed record CyclonusTable(
    string Name, string Manifest, Universe Universe, ImmutableArray<Endpoint> Order, ImmutableArray<CyclonusProbe> Probes)
{
    public static IEnumerable<CyclonusTable> ReadAll(string folder) =>
        Directory.EnumerateFiles(folder, "case-*.json").Order(StringComparer.Ordinal).SelectMany(ReadCase);

    public static IEnumerable<CyclonusTable> ReadCase(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var steps = document.RootElement.GetProperty("steps").EnumerateArray().ToList();
        return [.. steps.Select((step, index) => ReadStep(step, $"{Path.GetFileNameWithoutExtension(path)} step {index + 1}"))];
    }

    private static CyclonusTable ReadStep(JsonElement step, string name)
    {
        var namespaces = step.GetProperty("namespaces").EnumerateObject().ToDictionary(
            entry => entry.Name, entry => (IReadOnlyDictionary<string, string>)Labels(entry.Value));
        var pods = step.GetProperty("pods").EnumerateArray().ToDictionary(
            pod => $"{pod.GetProperty("namespace").GetString()}/{pod.GetProperty("name").GetString()}",
            pod => Endpoint(pod, namespaces));
        ImmutableArray<Endpoint> order = [.. step.GetProperty("order").EnumerateArray().Select(entry => pods[entry.GetString()!])];
        return new CyclonusTable(
            name, Yaml(step, namespaces), new Universe([.. pods.Values], []), order,
            [.. step.GetProperty("expected").EnumerateObject().Select(Probe)]);
    }

    private static Endpoint Endpoint(JsonElement pod, Dictionary<string, IReadOnlyDictionary<string, string>> namespaces)
    {
        var @namespace = pod.GetProperty("namespace").GetString()!;
        return new Endpoint(
            @namespace, namespaces[@namespace], Labels(pod.GetProperty("labels")), [Address.Parse(pod.GetProperty("ip").GetString()!)],
            [.. from port in new ushort[] { 80, 81 }
                from protocol in new[] { Protocol.Tcp, Protocol.Udp, Protocol.Sctp }
                select new NamedPort($"serve-{port}-{protocol.ToString().ToLowerInvariant()}", protocol, port)],
            $"{@namespace}/{pod.GetProperty("name").GetString()}");
    }

    // JSON is YAML; the Namespace objects make the importer declare their labels.
    private static string Yaml(JsonElement step, Dictionary<string, IReadOnlyDictionary<string, string>> namespaces)
    {
        var text = new StringBuilder();
        foreach (var (name, labels) in namespaces)
        {
            text.AppendLine("---");
            text.AppendLine(JsonSerializer.Serialize(new { apiVersion = "v1", kind = "Namespace", metadata = new { name, labels } }));
        }

        foreach (var policy in step.GetProperty("policies").EnumerateArray())
        {
            text.AppendLine("---").AppendLine(policy.GetRawText());
        }

        return text.ToString();
    }

    private static CyclonusProbe Probe(JsonProperty table)
    {
        var (protocol, port) = table.Name.Split('/') is [var first, var second] ? (first, ushort.Parse(second)) : throw new FormatException(table.Name);
        return new CyclonusProbe(
            Traffic.To(Enum.Parse<Protocol>(protocol, ignoreCase: true), port),
            Rows(table.Value, "ingress"), Rows(table.Value, "egress"), Rows(table.Value, "combined"));
    }

    private static ImmutableArray<string> Rows(JsonElement table, string name) =>
        [.. table.GetProperty(name).EnumerateArray().Select(row => row.GetString()!)];

    private static Dictionary<string, string> Labels(JsonElement labels) =>
        labels.EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!);
}
