using System.Collections.Immutable;
using Netpol.Diagnostics;

namespace Netpol.Advice;

/// <summary>What means something and can hardly be meant; found over all endpoints and packets there could be.</summary>
public static class AdviceDiagnostics
{
    public static readonly DiagnosticDescriptor HiddenRule = new(
        "NP3007", Severity.Warning, "rule never decides: `{0}` decides all that it matches{1}",
        "Remove it, or narrow what hides it.");

    public static readonly DiagnosticDescriptor Contradiction = new(
        "NP3008", Severity.Warning, "rule allows nothing: `{0}` denies all that it matches{1}",
        "One of the two is not meant: deny and reject win over allow whatever their order.");

    public static readonly DiagnosticDescriptor ImpossibleRule = new(
        "NP3009", Severity.Warning, "rule matches no connection that could be",
        "Look at its peer and its ports: labels that exclude each other, a range that nobody there can have, or a protocol of the other family.");

    public static readonly DiagnosticDescriptor SelectsNobody = new(
        "NP3010", Severity.Warning, "policy `{0}` selects no endpoint that could be",
        "Look at `for`: labels that exclude each other, a declared namespace without the label, or an assumption.");

    public static readonly DiagnosticDescriptor IdleLimit = new(
        "NP3011", Severity.Warning, "limit bounds nothing: `{0}` allows the same connections without one{1}",
        "Narrow the rule without a limit, or remove the one with it.");

    public static readonly DiagnosticDescriptor NodeNeedsNoRule = new(
        "NP3012", Severity.Warning, "rule never decides: the node reaches its own endpoints whatever these tiers say",
        "Remove it; only the admin tier may shut the node out.");

    public static readonly DiagnosticDescriptor IsolatedBaseline = new(
        "NP3013", Severity.Warning, "baseline rule never decides: policy `{0}` isolates all that it is about{1}",
        "The baseline is asked for endpoints that no closed policy of the ordinary tier selects.");

    public static readonly DiagnosticDescriptor NoDns = new(
        "NP3014", Severity.Warning, "policy `{0}` lets endpoints such as `{1}` out, but to no resolver on port 53",
        "Add `allow to …` the resolver `on 53/udp, 53/tcp`, unless they know all addresses.");

    public static readonly DiagnosticDescriptor TranslatedAddress = new(
        "NP3015", Severity.Warning, "egress is never judged on `{0}`: {1}",
        "Write `to service NAME`, or the backends: rules see a connection after translation.");

    public static readonly DiagnosticDescriptor ShutService = new(
        "NP3016", Severity.Warning, "service `{0}` has no client: `{1}` shuts everybody out of its backends",
        "Let clients in on the backends' port, by an `allow` in the ingress of a policy that selects them.");

    public static readonly DiagnosticDescriptor ShutClients = new(
        "NP3017", Severity.Warning, "rule lets clients out to service `{0}`, and `{1}` shuts them out of its backends",
        "Let them in on the backends' port too: both ends have to allow a connection.");

    public static readonly DiagnosticDescriptor WidenedElsewhere = new(
        "NP3018", Severity.Warning, "rule allows {0} that policy `{1}` of `{2}` alone denies",
        "Rules of all files count together. Where that is meant, say it in the file that closes the endpoints.");

    public static readonly DiagnosticDescriptor OpenedInspection = new(
        "NP3019", Severity.Warning, "requests are not looked at where `{0}` allows the same connections",
        "A rule without `http` lets every request through: give it `http { }` too, or narrow one of the two.");

    public static ImmutableArray<DiagnosticDescriptor> All { get; } =
    [
        HiddenRule, Contradiction, ImpossibleRule, SelectsNobody, IdleLimit, NodeNeedsNoRule, IsolatedBaseline, NoDns, TranslatedAddress, ShutService,
        ShutClients, WidenedElsewhere, OpenedInspection,
    ];
}
