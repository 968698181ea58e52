using System.Collections.Immutable;
using Netpol.Diagnostics;

namespace Netpol.Binding;

/// <summary>What is spelled right and cannot be meant.</summary>
public static class MeaningDiagnostics
{
    public static readonly DiagnosticDescriptor OnlyDenials = new(
        "NP3001", Severity.Warning, "`{0}` of policy `{1}` holds only denials, and denies everything else too",
        "A block lets in only what a rule allows. Add an `allow`, or write the block empty if nothing is meant to pass.");

    public static readonly DiagnosticDescriptor SharedServiceAddress = new(
        "NP3002", Severity.Error, "address `{0}` is given to services twice",
        "Give every service addresses of its own.");

    public static readonly DiagnosticDescriptor DuplicateServicePort = new(
        "NP3003", Severity.Error, "port `{0}` of service `{1}` is given twice",
        "Keep one of the two lines.");

    public static readonly DiagnosticDescriptor DuplicateBackend = new(
        "NP3004", Severity.Error, "backend `{0}` of service `{1}` is given twice",
        "Keep one, with the sum of the weights.");

    public static readonly DiagnosticDescriptor NoBackendOfFamily = new(
        "NP3005", Severity.Warning, "service `{0}` has an {1} address and no {1} backend: such connections are rejected",
        "Add a backend of the family, or remove the address.");

    public static readonly DiagnosticDescriptor OverlappingRanges = new(
        "NP3006", Severity.Error, "`{0}` overlaps `{1}`, which is declared for {2}",
        "An address belongs to pods, nodes or services; declare each range once.");

    public static readonly DiagnosticDescriptor TiedPolicies = new(
        "NP3040", Severity.Error, "policies `{0}` and `{1}` are both in {2} and could select one endpoint for {3}",
        "Give one of them another number, such as one with a decimal: the lower is asked first.");

    public static readonly DiagnosticDescriptor NodeShutOut = new(
        "NP3041", Severity.Warning, "`{0}` holds the node too: its probes no longer reach these endpoints",
        "Write `pass from host` before the rule, or take the node out, as in `any - host`.");

    public static readonly DiagnosticDescriptor LogWithoutVerdict = new(
        "NP3042", Severity.Warning, "`pass` in the admin tier takes no verdict, so nothing is logged",
        "Put `log` on the rules that decide what was passed.");

    public static readonly DiagnosticDescriptor SharedNodePort = new(
        "NP3043", Severity.Error, "node port `{0}` is given to services twice",
        "Give every node port to one service.");

    public static readonly DiagnosticDescriptor DifferentPriorities = new(
        "NP3044", Severity.Error, "`{0}` and `{1}` could give one endpoint different priorities",
        "Give both one priority, or select other endpoints by one of them.");

    public static ImmutableArray<DiagnosticDescriptor> All { get; } =
    [
        OnlyDenials, SharedServiceAddress, DuplicateServicePort, DuplicateBackend, NoBackendOfFamily, OverlappingRanges, TiedPolicies,
        NodeShutOut, LogWithoutVerdict, SharedNodePort, DifferentPriorities,
    ];
}
