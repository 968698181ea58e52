using System.Collections.Immutable;

namespace Netpol.Syntax;

/// <summary>A line of <c>service { }</c>. Addresses are kept as written.</summary>
public abstract record ServiceLineSyntax : StatementSyntax
{
    private ServiceLineSyntax()
    {
    }

    /// <summary><c>address 10.96.0.10, fd00:96::10</c></summary>
    public sealed record Address(ImmutableArray<Spelled<string>> Addresses) : ServiceLineSyntax;

    /// <summary><c>port [http] 80/tcp [-> 8080]</c>; without a target the backend's port is the service's.</summary>
    public sealed record Port(
        Spelled<string>? Name, Spelled<int> Number, Spelled<string> Protocol, TargetPortSyntax? Target) : ServiceLineSyntax;

    /// <summary><c>nodeport http 30080</c></summary>
    public sealed record NodePort(Spelled<string> PortName, Spelled<int> Number) : ServiceLineSyntax;

    /// <summary><c>loadbalancer 203.0.113.7 from cidr 198.51.100.0/24</c></summary>
    public sealed record LoadBalancer(ImmutableArray<Spelled<string>> Addresses, SetSyntax? From) : ServiceLineSyntax;

    /// <summary><c>backends api</c>: the endpoints of a set.</summary>
    public sealed record BackendSet(SetSyntax Set) : ServiceLineSyntax;

    /// <summary><c>backends 10.0.1.5, 10.0.1.6 weight 2</c></summary>
    public sealed record BackendAddresses(ImmutableArray<BackendSyntax> Backends) : ServiceLineSyntax;

    /// <summary><c>balance maglev</c>, <c>random</c> or <c>least-connections</c></summary>
    public sealed record Balance(Spelled<string> Algorithm) : ServiceLineSyntax;

    /// <summary><c>affinity client-ip 3h</c></summary>
    public sealed record Affinity(QuantitySyntax Time) : ServiceLineSyntax;

    /// <summary><c>outside local</c>, <c>inside cluster</c></summary>
    public sealed record TrafficPolicy(Spelled<string> Side, Spelled<string> Scope) : ServiceLineSyntax;

    /// <summary><c>locality prefer node, zone</c></summary>
    public sealed record Locality(ImmutableArray<Spelled<string>> Preferences) : ServiceLineSyntax;

    /// <summary><c>drain 30s</c></summary>
    public sealed record Drain(QuantitySyntax Time) : ServiceLineSyntax;
}

/// <summary>The port of the backend in <c>port 80/tcp -> 8080</c>.</summary>
public abstract record TargetPortSyntax : SyntaxNode
{
    private TargetPortSyntax()
    {
    }

    public sealed record Number(int Port) : TargetPortSyntax;

    /// <summary><c>-> port grpc</c>: by the name that the backend gives it.</summary>
    public sealed record Named(Spelled<string> Name) : TargetPortSyntax;
}

/// <summary><c>10.0.1.6 weight 2</c></summary>
public sealed record BackendSyntax(Spelled<string> Address, Spelled<int>? Weight) : SyntaxNode;
