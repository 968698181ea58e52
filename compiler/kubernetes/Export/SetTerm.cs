using System.Collections.Immutable;
using Netpol.Kubernetes.Objects;
using Netpol.Model;

namespace Netpol.Kubernetes.Export;

/// <summary>One alternative of a set, in the shapes that Kubernetes' peers have, and words that some of them lack.</summary>
internal abstract record SetTerm
{
    private SetTerm()
    {
    }

    /// <summary>Pods by the labels of their namespace, its name among them, and their own.</summary>
    public sealed record Pods(LabelSelector Namespaces, LabelSelector Selector) : SetTerm;

    /// <summary>Addresses in one of the prefixes and in none of the others.</summary>
    public sealed record Addresses(ImmutableArray<Prefix> Include, ImmutableArray<Prefix> Except) : SetTerm;

    public sealed record Everything : SetTerm;

    public sealed record Nodes : SetTerm;

    /// <summary>What no peer of Kubernetes says, in the language's own words.</summary>
    public sealed record Word(string Text) : SetTerm;
}
