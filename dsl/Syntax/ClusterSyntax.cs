using System.Collections.Immutable;

namespace Netpol.Syntax;

/// <summary><c>cluster { pods 10.244.0.0/16; nodes 192.168.0.0/24 }</c></summary>
public sealed record ClusterSyntax(ImmutableArray<ClusterLineSyntax> Lines) : StatementSyntax;

/// <summary>A line of <c>cluster { }</c>.</summary>
public abstract record ClusterLineSyntax : StatementSyntax
{
    private ClusterLineSyntax()
    {
    }

    /// <summary><c>pods</c>, <c>nodes</c> or <c>services</c> and their prefixes.</summary>
    public sealed record Ranges(Spelled<string> Kind, ImmutableArray<Spelled<string>> Prefixes) : ClusterLineSyntax;

    /// <summary><c>families ipv4</c>, <c>families ipv6</c> or both.</summary>
    public sealed record Families(ImmutableArray<Spelled<string>> Names) : ClusterLineSyntax;
}
