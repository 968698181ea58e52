using System.Collections.Immutable;

namespace Netpol.Model;

/// <summary>
/// A set over addresses, resolved: names are bound, default namespaces filled in. What an address belongs to depends on
/// the endpoint that has it, if any, and for <see cref="Host"/> and <see cref="NamespaceScope.Same"/> on the endpoint
/// being judged.
/// </summary>
public abstract record AddressSet
{
    private AddressSet()
    {
    }

    /// <summary>Everything, multicast and broadcast included. After <c>for</c>: every endpoint.</summary>
    public sealed record Any : AddressSet;

    /// <summary>Unicast addresses that are no endpoint, node, service or loopback and not in the declared pod range.</summary>
    public sealed record World : AddressSet;

    /// <summary>The node of the endpoint being judged.</summary>
    public sealed record Host : AddressSet;

    /// <summary>All nodes, the host among them.</summary>
    public sealed record Nodes : AddressSet;

    /// <summary>(union of <paramref name="Include"/>) minus (union of <paramref name="Except"/>), endpoint or not.</summary>
    public sealed record Cidr(ImmutableArray<Prefix> Include, ImmutableArray<Prefix> Except) : AddressSet;

    /// <summary>The endpoints of a scope whose labels satisfy a predicate; without one, all of them.</summary>
    public sealed record Pods(NamespaceScope Scope, LabelPredicate? Where) : AddressSet;

    /// <summary>Connections that service <paramref name="Name"/> translated; as the peer of an egress rule only.</summary>
    public sealed record Service(string Name) : AddressSet;

    /// <summary>
    /// Addresses of the world that answers to a name matching a pattern gave to the judged endpoint; as the peer of an egress rule that allows only.
    /// </summary>
    /// <param name="Patterns">In lower case, without a dot at the end; <c>*</c> stands for anything within one label, <c>**</c> for anything.</param>
    public sealed record Dns(ImmutableArray<string> Patterns) : AddressSet;

    /// <summary>A group by its name, with what it stands for.</summary>
    public sealed record Named(string Name, AddressSet Set) : AddressSet;

    public sealed record Union(ImmutableArray<AddressSet> Parts) : AddressSet;

    public sealed record Intersection(ImmutableArray<AddressSet> Parts) : AddressSet;

    public sealed record Difference(AddressSet Left, AddressSet Right) : AddressSet;
}

/// <summary>Which namespaces a <c>pods</c> set looks into.</summary>
public abstract record NamespaceScope
{
    private NamespaceScope()
    {
    }

    /// <summary><c>in namespace data</c>, or the file's default namespace where none was written.</summary>
    public sealed record One(string Name) : NamespaceScope;

    /// <summary><c>in any namespace</c></summary>
    public sealed record Any : NamespaceScope;

    /// <summary><c>in same namespace</c>: that of the judged endpoint; in a rule's peer only.</summary>
    public sealed record Same : NamespaceScope;

    /// <summary><c>in namespaces (env == "prod")</c></summary>
    public sealed record Matching(LabelPredicate Where) : NamespaceScope;
}
