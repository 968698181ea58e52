using System.Collections.Immutable;
using Netpol.Diagnostics;

namespace Netpol.Kubernetes;

/// <summary>Everything the importer can say about Kubernetes objects.</summary>
public static class ImportDiagnostics
{
    public static readonly DiagnosticDescriptor NoYaml = new(
        "NP5001", Severity.Error,
        Format: "this is no YAML: {0}",
        Help: "Mend the file; `kubectl apply --dry-run=client -f FILE` reads the same grammar.");

    public static readonly DiagnosticDescriptor TooDeep = new(
        "NP5002", Severity.Error,
        Format: "values nest more than {0} deep",
        Help: "No Kubernetes object needs that; check the file's brackets and indentation.");

    public static readonly DiagnosticDescriptor TooManyAliases = new(
        "NP5003", Severity.Error,
        Format: "aliases of this file stand for more than {0} values",
        Help: "Write the values out, or split the file.");

    public static readonly DiagnosticDescriptor NoObject = new(
        "NP5004", Severity.Error,
        Format: "this is no Kubernetes object: {0}",
        Help: "An object is a mapping that has `apiVersion`, `kind` and `metadata`.");

    public static readonly DiagnosticDescriptor UnknownField = new(
        "NP5005", Severity.Error,
        Format: "unknown field `{0}`",
        Help: "The API server refuses it too; check spelling and indentation.");

    public static readonly DiagnosticDescriptor WrongType = new(
        "NP5006", Severity.Error,
        Format: "`{0}` must be {1}",
        Help: "The API server refuses it too; text that looks like a number or a boolean needs quotes.");

    public static readonly DiagnosticDescriptor Missing = new(
        "NP5007", Severity.Error,
        Format: "`{0}` is required",
        Help: "Add it; the API server refuses the object without it.");

    public static readonly DiagnosticDescriptor Invalid = new(
        "NP5008", Severity.Error,
        Format: "`{0}`: {1}",
        Help: "The API server refuses this value too.");

    public static readonly DiagnosticDescriptor KindNotSupported = new(
        "NP5009", Severity.Error,
        Format: "`{0}` of `{1}` is not supported yet",
        Help: "Leaving it out would change what is allowed: take it out of the import and write its rules by hand.");

    public static readonly DiagnosticDescriptor WrongVersion = new(
        "NP5010", Severity.Error,
        Format: "`{0}` of `{1}` is not known; expected `{2}`",
        Help: "Convert the object to the current version of its API.");

    public static readonly DiagnosticDescriptor KindLeftOut = new(
        "NP5011", Severity.Warning,
        Format: "`{0}` objects say nothing about policy: left out",
        Help: "Nothing to do.");

    public static readonly DiagnosticDescriptor ServiceFeature = new(
        "NP5012", Severity.Warning,
        Format: "`{0}` of service `{1}` is left out: {2}",
        Help: "The service is reached by its other ways. Import what `kubectl get service -o yaml` prints.");

    public static readonly DiagnosticDescriptor ServiceLeftOut = new(
        "NP5013", Severity.Warning,
        Format: "service `{0}` is left out: {1}",
        Help: "Import what `kubectl get service -o yaml` prints, or write the service by hand.");

    public static readonly DiagnosticDescriptor RulesWithoutEffect = new(
        "NP5014", Severity.Warning,
        Format: "these rules have no effect: `policyTypes` of `{0}` does not name `{1}`",
        Help: "Add the direction to `policyTypes`, or take the rules out.");

    public static readonly DiagnosticDescriptor OldBoolean = new(
        "NP5015", Severity.Warning,
        Format: "kubectl reads plain `{0}` as a boolean; it is taken as text here",
        Help: "Put it in quotes.");

    public static readonly DiagnosticDescriptor GivenTwice = new(
        "NP5016", Severity.Warning,
        Format: "`{0}` is given twice: the later one counts, as with `kubectl apply`",
        Help: "Take one of them out.");

    public static readonly DiagnosticDescriptor HostBits = new(
        "NP5017", Severity.Warning,
        Format: "`{0}` has bits beyond its prefix length: it means `{1}`",
        Help: "Write the prefix as it is meant.");

    public static readonly DiagnosticDescriptor UnknownPortName = new(
        "NP5018", Severity.Warning,
        Format: "no imported pod that this rule can reach calls a {0} `{1}`",
        Help: "The rule matches nothing on pods without that port name; check the name, or import the pods too.");

    public static readonly DiagnosticDescriptor HostNetwork = new(
        "NP5019", Severity.Warning,
        Format: "`{0}` uses the host's network: it is the node, and no policy selects it",
        Help: "Say `host` or `nodes` where rules are about it.");

    public static readonly DiagnosticDescriptor DefaultedEgress = new(
        "NP5020", Severity.Warning,
        Format: "`{0}` does not isolate egress: `egress` is empty and `policyTypes` does not name `Egress`",
        Help: "Write `policyTypes: [Ingress, Egress]` to let nothing out.");

    public static readonly DiagnosticDescriptor NothingToImport = new(
        "NP5021", Severity.Error,
        Format: "there is no object in this file",
        Help: "Name a file with Kubernetes objects.");

    public static readonly DiagnosticDescriptor ReservedLabel = new(
        "NP5022", Severity.Warning,
        Format: "label `kubernetes.io/metadata.name` of namespace `{0}` is always its name: `{1}` is left out",
        Help: "Take the label out; the API server sets it.");

    public static readonly DiagnosticDescriptor TiedPriority = new(
        "NP5023", Severity.Warning,
        Format: "`{0}` and `{1}` have priority {2} in one tier: the API leaves open which decides; here it is the first",
        Help: "Give them different priorities.");

    public static readonly DiagnosticDescriptor CannotBeSaid = new(
        "NP5024", Severity.Error,
        Format: "`{0}` is not supported yet: {1}",
        Help: "Leaving it out would change what is allowed: take it out of the import and write its rule by hand.");

    public static readonly DiagnosticDescriptor FirstForm = new(
        "NP5025", Severity.Warning,
        Format: "`{0}` has the form of network-policy-api v0.1.0, and is read as that says; later servers do not know it",
        Help: "Write the selector of namespaces itself in its place.");

    public static readonly DiagnosticDescriptor NodesByLabel = new(
        "NP5026", Severity.Warning,
        Format: "`{0}` becomes the addresses of {1}",
        Help: "Import again when nodes come, go or change their labels.");

    public static ImmutableArray<DiagnosticDescriptor> All { get; } =
    [
        NoYaml, TooDeep, TooManyAliases, NoObject, UnknownField, WrongType, Missing, Invalid, KindNotSupported,
        WrongVersion, KindLeftOut, ServiceFeature, ServiceLeftOut, RulesWithoutEffect, OldBoolean, GivenTwice, HostBits,
        UnknownPortName, HostNetwork, DefaultedEgress, NothingToImport, ReservedLabel, TiedPriority, CannotBeSaid, FirstForm, NodesByLabel,
    ];
}
