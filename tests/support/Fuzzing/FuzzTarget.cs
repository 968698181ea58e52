using System.Collections.Immutable;
using Netpol.Binding;
using Netpol.Formatting;
using Netpol.Kubernetes;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Text;

namespace Netpol.Tests.Support.Fuzzing;

/// <summary>What is given any text. It may find mistakes in it; it throws nothing, and what it makes of a good text is good.</summary>
/// <param name="Name">As the command line spells it.</param>
/// <param name="Take">Throws where a promise is broken.</param>
public sealed record FuzzTarget(string Name, ImmutableArray<string> Dictionary, Action<string> Take)
{
    public static ImmutableArray<FuzzTarget> All { get; } =
    [
        new("parser",
            ["policy", "group", "ingress {", "egress open {", "allow from", "deny to", "pods where", "in namespaces (", "cidr 10.0.0.0/8 except 10.1.0.0/16",
                "tier admin 0.5", "on 80/tcp", "port http", "limit 5/s burst 3 per source", "http { GET \"/**\" }", "service s {", "///", "/*", "*/", "| world", "- nodes", "== \"x\"", "icmp(3, 4)"],
            TakeSource),
        new("importer",
            ["apiVersion: v1", "kind: NetworkPolicy", "spec:", "podSelector: {}", "matchExpressions:", "&a", "*a", "<<:", "---", "!!str", "|", ">", "[{}]", "{}", "null", "~", "0x1F",
                "policyTypes: [Ingress]", "ipBlock: { cidr: 10.0.0.0/8 }", "endPort: 90", "networks: ['::/0']", "nodes: {}", "toFQDNs:", "protocols:", "subject:", "priority: 10"],
            TakeObjects),
    ];

    private static void TakeSource(string text)
    {
        var (unit, mistakes) = NetpolParser.Parse(new SourceFile("fuzz.netpol", text));
        var (model, meaning) = Binder.Bind([unit]);
        if (mistakes.Any(mistake => mistake.IsError))
        {
            return;
        }

        var printed = NetpolFormatter.Print(unit);
        var (again, others) = NetpolParser.Parse(new SourceFile("fuzz.netpol", printed));
        Require(others.IsEmpty && NetpolFormatter.Print(again) == printed, "what is printed does not parse to the same print");
        if (meaning.Any(mistake => mistake.IsError))
        {
            return;
        }

        TakeModel(model);
    }

    /// <summary>What is exported without an error is imported without one.</summary>
    private static void TakeModel(NetworkModel model)
    {
        var export = KubernetesExporter.Export(model, []);
        if (!export.HasErrors && export.Text.Length > 0)
        {
            var import = KubernetesImporter.Import([new SourceFile("fuzz.yaml", export.Text)]);
            Require(!import.HasErrors, $"what is exported cannot be imported: {import.Diagnostics.FirstOrDefault(diagnostic => diagnostic.IsError)}");
        }
    }

    private static void TakeObjects(string text)
    {
        var import = KubernetesImporter.Import([new SourceFile("fuzz.yaml", text)]);
        if (import.HasErrors)
        {
            return;
        }

        var (unit, mistakes) = NetpolParser.Parse(new SourceFile("fuzz.netpol", import.Text));
        var (_, meaning) = Binder.Bind([unit]);

        // What the language has and this version does not is refused by name, NP4xxx; all else must be right.
        var wrong = mistakes.Concat(meaning).FirstOrDefault(diagnostic => diagnostic.IsError && !diagnostic.Id.StartsWith("NP4", StringComparison.Ordinal));
        Require(wrong is null, $"what is imported is not right: {wrong}\n{import.Text}");
    }

    private static void Require(bool holds, string promise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(promise);
        }
    }
}
