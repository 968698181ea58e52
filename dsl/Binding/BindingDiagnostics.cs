using System.Collections.Immutable;
using Netpol.Diagnostics;

namespace Netpol.Binding;

/// <summary>What can be wrong with names and types.</summary>
public static class BindingDiagnostics
{
    public static readonly DiagnosticDescriptor DuplicateName = new(
        "NP2001", Severity.Error, "{0} `{1}` is declared twice",
        "Rename one of the two: all names of a kind are seen in all files of a build.");

    public static readonly DiagnosticDescriptor UnknownName = new(
        "NP2002", Severity.Error, "there is no {0} `{1}`{2}",
        "Declare it in any file of the build, or correct the name.");

    public static readonly DiagnosticDescriptor UnknownPorts = new(
        "NP2003", Severity.Error, "there is no `ports` declaration `{0}`{1}",
        "Declare it; a port by the name that the receiving pod gives it is written `port NAME`.");

    public static readonly DiagnosticDescriptor Cycle = new(
        "NP2004", Severity.Error, "{0} `{1}` is made of itself: {2}",
        "Take one of the references out.");

    public static readonly DiagnosticDescriptor TooDeep = new(
        "NP2005", Severity.Error, "{0} `{1}` is made of others more than {2} deep",
        "Write out what stands at the bottom of the chain.");

    public static readonly DiagnosticDescriptor TooLargeGroup = new(
        "NP2006", Severity.Error, "group `{0}` has more than {1} parts when the groups in it are written out",
        "Refer to each group once.");

    public static readonly DiagnosticDescriptor NotAnAddress = new(
        "NP2007", Severity.Error, "`{0}` is no address or prefix",
        "Write an address as in `10.0.0.1` or `fd00::1`, a prefix as in `10.0.0.0/8` or `fd00::/8`.");

    public static readonly DiagnosticDescriptor HostBitsSet = new(
        "NP2008", Severity.Error, "`{0}` has bits set behind the prefix length",
        "Write the network's own address, or the bare address if only that is meant.");

    public static readonly DiagnosticDescriptor PrefixForAddress = new(
        "NP2009", Severity.Error, "`{0}` is a prefix where an address is needed",
        "Write one address.");

    public static readonly DiagnosticDescriptor ExceptOutside = new(
        "NP2010", Severity.Error, "`{0}` lies in none of the prefixes it is taken out of",
        "Correct the exception, or remove it.");

    public static readonly DiagnosticDescriptor NotEndpoints = new(
        "NP2011", Severity.Error, "{0} is no set of endpoints",
        "Here stand `pods …`, `any`, groups of these, and such sets joined by `|`, `&` or ` - `.");

    public static readonly DiagnosticDescriptor SameNamespaceOutsidePeer = new(
        "NP2012", Severity.Error, "`same namespace` has a meaning only in the peer of a rule",
        "Write `in namespace NAME` or `in any namespace`, or move the set into the rule.");

    public static readonly DiagnosticDescriptor MisplacedService = new(
        "NP2013", Severity.Error, "`service {0}` may stand only as the peer of an egress rule, alone or in a union",
        "Write `to service NAME` in an egress block; what a connection comes from is never a service.");

    public static readonly DiagnosticDescriptor WrongPeerWord = new(
        "NP2014", Severity.Error, "a rule in `{0}` names its peer with `{1}`",
        "Ingress rules say `from`, egress rules say `to`.");

    public static readonly DiagnosticDescriptor UnknownIcmpType = new(
        "NP2015", Severity.Error, "`{0}` is no {1} type{2}",
        "Write a name such as `echo-request`, or the number.");

    public static readonly DiagnosticDescriptor IcmpNumberTooLarge = new(
        "NP2016", Severity.Error, "`{0}` is no number from 0 to 255",
        "ICMP types and codes are one byte.");

    public static readonly DiagnosticDescriptor DuplicateLabel = new(
        "NP2017", Severity.Error, "label `{0}` is given twice",
        "Keep one of the two.");

    public static readonly DiagnosticDescriptor WrongNamespaceName = new(
        "NP2018", Severity.Error, "label `kubernetes.io/metadata.name` of namespace `{0}` is always `{0}`",
        "Leave it out: every namespace has it.");

    public static readonly DiagnosticDescriptor SaidTwice = new(
        "NP2019", Severity.Error, "`{0}` is said twice",
        "Keep one of the two.");

    public static readonly DiagnosticDescriptor IncompleteService = new(
        "NP2020", Severity.Error, "service `{0}` has no `{1}` line",
        "A service has at least one `address`, one `port` and one `backends` line.");

    public static readonly DiagnosticDescriptor WeightTooLarge = new(
        "NP2021", Severity.Error, "weight {0} is above 65535",
        "Weights count relative to each other; divide all of them.");

    public static readonly DiagnosticDescriptor NothingSampled = new(
        "NP2022", Severity.Error, "`flows 1 in 0` samples nothing",
        "Write `flows 1 in N` with N from 1, or leave the line out.");

    public static readonly DiagnosticDescriptor ServiceInUnion = new(
        "NP2023", Severity.Error, "`service {0}` stands alone on its side of a test line",
        "Write one line for the service and one for the rest.");

    public static readonly DiagnosticDescriptor NamedTargetAtAddresses = new(
        "NP2024", Severity.Error, "nothing names the port `{0}` at the addresses that service `{1}` has for backends",
        "Write the port's number, as in `-> 8080`, or take the backends from a set of endpoints, which name their ports.");

    public static readonly DiagnosticDescriptor ScaleOutOfRange = new(
        "NP2025", Severity.Error, "`{0}` is out of range for `{1}`: it takes {2}{4} to {3}{4}",
        "Write a number in this range, or leave the line out for the default.");

    public static readonly DiagnosticDescriptor TierOrderTooLarge = new(
        "NP2026", Severity.Error, "tier order {0} is above {1}",
        "Write a number from 0 to 1000, with decimals where two are too close.");

    public static readonly DiagnosticDescriptor PassInOrdinary = new(
        "NP2027", Severity.Error, "`pass` has a meaning only in an ordered tier",
        "Write `allow`, or put the policy into `tier admin N` or `tier baseline N`.");

    public static readonly DiagnosticDescriptor OpenOutsideOrdinary = new(
        "NP2028", Severity.Error, "`open` has a meaning only in the ordinary tier",
        "Leave it out: blocks of ordered tiers isolate nobody.");

    public static readonly DiagnosticDescriptor MisplacedClause = new(
        "NP2029", Severity.Error, "`{0}` does not belong on {1}",
        "It stands on `allow` rules of the ordinary tier.");

    public static readonly DiagnosticDescriptor LimitOutOfRange = new(
        "NP2030", Severity.Error, "`{0}` is out of range for `{1}`: it takes {2} to {3}",
        "Write a rate in this range; without `burst` it is one second's worth.");

    public static readonly DiagnosticDescriptor UnknownServicePort = new(
        "NP2031", Severity.Error, "there is no port `{0}` in service `{1}`",
        "Write the name of one of its `port` lines.");

    public static readonly DiagnosticDescriptor TimeOutOfRange = new(
        "NP2032", Severity.Error, "`{0}` is out of range for `{1}`: it takes more than nothing, and a year at most",
        "Write a time such as `30s` or `3h`, or leave the line out.");

    public static readonly DiagnosticDescriptor RateOutOfRange = new(
        "NP2033", Severity.Error, "`{0}` is out of range: it takes {1} to {2}",
        "Write a rate or a size in this range.");

    public static readonly DiagnosticDescriptor HttpWithoutTcp = new(
        "NP2034", Severity.Error, "`http` stands on rules with TCP ports alone",
        "Name the ports, as in `on 8080/tcp http { … }`.");

    public static readonly DiagnosticDescriptor NoRequest = new(
        "NP2035", Severity.Error, "`http` without a request lets none through",
        "Name the requests that may pass, or write `deny` if none may.");

    public static readonly DiagnosticDescriptor RelativePath = new(
        "NP2036", Severity.Error, "the path `{0}` does not begin with `/`",
        "Write the path from its first slash; `**` at the end stands for all that is below.");

    public static readonly DiagnosticDescriptor ManyRequests = new(
        "NP2037", Severity.Error, "a line of a test names one request",
        "Write a method and a path without `*`, and a line for each request that is meant.");

    public static readonly DiagnosticDescriptor MisplacedDns = new(
        "NP2038", Severity.Error, "`dns` has a meaning only as the peer of `allow to`, alone or in a union",
        "Write an egress rule such as `allow to dns \"*.example\" on 443/tcp`.");

    public static readonly DiagnosticDescriptor NotADnsPattern = new(
        "NP2039", Severity.Error, "`{0}` is no name that DNS answers for: {1}",
        "Write labels between dots; `*` stands for anything within one label, `**` across labels.");

    public static ImmutableArray<DiagnosticDescriptor> All { get; } =
    [
        DuplicateName, UnknownName, UnknownPorts, Cycle, TooDeep, TooLargeGroup, NotAnAddress, HostBitsSet, PrefixForAddress,
        ExceptOutside, NotEndpoints, SameNamespaceOutsidePeer, MisplacedService, WrongPeerWord, UnknownIcmpType,
        IcmpNumberTooLarge, DuplicateLabel, WrongNamespaceName, SaidTwice, IncompleteService, WeightTooLarge, NothingSampled,
        ServiceInUnion, NamedTargetAtAddresses, ScaleOutOfRange, TierOrderTooLarge, PassInOrdinary, OpenOutsideOrdinary,
        MisplacedClause, LimitOutOfRange, UnknownServicePort, TimeOutOfRange, RateOutOfRange,
        HttpWithoutTcp, NoRequest, RelativePath, ManyRequests, MisplacedDns, NotADnsPattern,
    ];
}
