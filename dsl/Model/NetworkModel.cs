using System.Collections.Immutable;

namespace Netpol.Model;

/// <summary>
/// What a build's files mean together: the input of the evaluator and of lowering. Everything is resolved; nothing in
/// it knows syntax.
/// </summary>
public sealed record NetworkModel(
    Cluster Cluster,
    ImmutableArray<NamespaceDeclaration> Namespaces,
    ImmutableArray<Group> Groups,
    ImmutableArray<Policy> Policies,
    ImmutableArray<Service> Services,
    ImmutableArray<Observation> Observations,
    ImmutableArray<TestCase> Tests)
{
    /// <summary>What a node must have room for.</summary>
    public Scale Scale { get; init; } = Scale.Default;

    public ImmutableArray<Assertion> Assertions { get; init; } = [];

    public ImmutableArray<Assumption> Assumptions { get; init; } = [];

    public ImmutableArray<Qos> Qos { get; init; } = [];

    public static NetworkModel Empty { get; } = new(Cluster.Undeclared, [], [], [], [], [], []);
}

/// <summary><c>cluster { pods …; nodes …; services …; families … }</c>. Ranges that are not declared are empty.</summary>
/// <param name="HasV4">False where <c>families ipv6</c> leaves IPv4 out; its packets are then dropped.</param>
public sealed record Cluster(
    ImmutableArray<Prefix> PodRanges, ImmutableArray<Prefix> NodeRanges, ImmutableArray<Prefix> ServiceRanges, bool HasV4, bool HasV6)
{
    public static Cluster Undeclared { get; } = new([], [], [], true, true);
}

/// <summary>
/// <c>namespace data { env = "prod" }</c>: all the labels this namespace has; <c>kubernetes.io/metadata.name</c> is added by the binder.
/// </summary>
public sealed record NamespaceDeclaration(string Name, ImmutableSortedDictionary<string, string> Labels, Origin Origin);

/// <summary>A named set.</summary>
public sealed record Group(string Name, AddressSet Set, Origin Origin, string? Documentation);

/// <summary>One line of <c>observe { }</c>. A model without any has no such statement, and drops are reported.</summary>
public abstract record Observation(Origin Origin)
{
    /// <summary><c>drops all</c></summary>
    public sealed record Drops(Origin Origin) : Observation(Origin);

    /// <summary>An empty block: not even drops.</summary>
    public sealed record Nothing(Origin Origin) : Observation(Origin);

    /// <summary><c>flows 1 in N [for SET]</c>; <c>flows all</c> is one in 1. A null set means every endpoint.</summary>
    public sealed record Flows(uint OneIn, AddressSet? For, Origin Origin) : Observation(Origin);
}

/// <summary><c>test "name" { … }</c></summary>
public sealed record TestCase(string Name, ImmutableArray<TestLine> Lines, Origin Origin);

/// <summary>One line of a test: all flows it could mean must have the expected verdict.</summary>
/// <param name="Ports">Empty: every IP protocol.</param>
public sealed record TestLine(TestSide From, TestSide To, ImmutableArray<PortMatch> Ports, RuleAction Expected, Origin Origin)
{
    /// <summary>The one request that is meant, with a method and no stars; null: the connection itself.</summary>
    public HttpMatch? Request { get; init; }
}

/// <summary>What <c>assert</c> says of the connections that policy lets through.</summary>
public enum AssertionKind
{
    /// <summary><c>only A -> B</c>: nobody outside A opens such a connection; an endpoint's own to itself is none.</summary>
    Only,

    /// <summary><c>never A -> B</c>: nobody in A does.</summary>
    Never,
}

/// <summary><c>assert "…" only api -> db on 5432/tcp</c></summary>
/// <param name="Ports">Empty: every IP protocol.</param>
public sealed record Assertion(
    string Name, AssertionKind Kind, TestSide From, TestSide To, ImmutableArray<PortMatch> Ports, Origin Origin);

/// <summary><c>assume no SET</c>: such endpoints are never attached, and no proof speaks of them.</summary>
/// <param name="Endpoints">Always an endpoint set.</param>
public sealed record Assumption(AddressSet Endpoints, Origin Origin);

/// <summary>One side of a test line or an assertion.</summary>
public abstract record TestSide
{
    private TestSide()
    {
    }

    public sealed record Set(AddressSet Addresses) : TestSide;

    /// <summary><c>pod in N { app = "api" }</c>: an endpoint with exactly these labels.</summary>
    public sealed record Pod(string Namespace, ImmutableSortedDictionary<string, string> Labels) : TestSide;

    /// <summary><c>service checkout</c>: as a destination only.</summary>
    public sealed record Service(string Name) : TestSide;
}
