using System.Collections.Immutable;
using Netpol.Diagnostics;

namespace Netpol.Kubernetes;

/// <summary>Everything the exporter can say of what Kubernetes has no words for.</summary>
public static class ExportDiagnostics
{
    public static readonly DiagnosticDescriptor CannotBeSaid = new(
        "NP5101", Severity.Error,
        Format: "{0} cannot be said in {1}: {2}",
        Help: "Leaving it out would change what is allowed: say it another way, or keep it out of the export.");

    public static readonly DiagnosticDescriptor LeftOut = new(
        "NP5102", Severity.Warning,
        Format: "{0} is left out: Kubernetes has no word for it",
        Help: "Which connections pass does not depend on it.");

    public static readonly DiagnosticDescriptor RejectBecomesDeny = new(
        "NP5103", Severity.Warning,
        Format: "`reject` becomes `Deny`: the sender is not told",
        Help: "Nothing to do; the same connections are refused.");

    public static readonly DiagnosticDescriptor Renumbered = new(
        "NP5104", Severity.Warning,
        Format: "the policies of `tier {0}` get priorities of their own, in the same order",
        Help: "Kubernetes takes whole numbers, and at most 25 rules in a direction; longer policies become several.");

    public static readonly DiagnosticDescriptor NoPortZero = new(
        "NP5105", Severity.Warning,
        Format: "`{0}` becomes the ports 1 to 65535: ClusterNetworkPolicy has no port 0",
        Help: "Nothing to do: no application listens on port 0.");

    public static ImmutableArray<DiagnosticDescriptor> All { get; } = [CannotBeSaid, LeftOut, RejectBecomesDeny, Renumbered, NoPortZero];
}
