using System.Collections.Immutable;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Kubernetes.Objects;

/// <summary>One entry of <c>from</c> or <c>to</c>.</summary>
internal abstract record PolicyPeer(TextSpan Span)
{
    /// <summary>Equal of peers that hold the same for the same reason.</summary>
    public abstract string Key { get; }

    public sealed record Pods(PodSet Set, TextSpan Span) : PolicyPeer(Span)
    {
        public override string Key => Set.Key;
    }

    /// <summary>Pods of the namespace of the pod that is judged, or of every namespace but that.</summary>
    public sealed record Related(bool IsSameNamespace, LabelSelector Selector, TextSpan Span) : PolicyPeer(Span)
    {
        public override string Key => $"{(IsSameNamespace ? "same" : "other")} {Selector.Key}";
    }

    /// <summary>Prefixes without host bits, each exception smaller than the prefix and inside it.</summary>
    public sealed record Block(ImmutableArray<string> Cidrs, ImmutableArray<string> Except, TextSpan Span) : PolicyPeer(Span)
    {
        /// <summary>Of them only addresses outside the cluster are meant.</summary>
        public bool IsOutside { get; init; }

        public override string Key => $"{string.Join(',', Cidrs)} {string.Join(',', Except)} {IsOutside}";
    }

    /// <summary>The addresses of the nodes with these labels; without requirements, of all.</summary>
    public sealed record Nodes(LabelSelector Selector, TextSpan Span) : PolicyPeer(Span)
    {
        public override string Key => $"nodes {Selector.Key}";
    }

    /// <summary>Patterns as <c>dns</c> takes them.</summary>
    public sealed record Domains(ImmutableArray<string> Patterns, TextSpan Span) : PolicyPeer(Span)
    {
        public override string Key => $"dns {string.Join(',', Patterns)}";
    }

    /// <summary>A word for a kind of addresses, such as <c>world</c>.</summary>
    /// <param name="Name">As the API spells it.</param>
    public sealed record Entity(string Name, SetSyntax Set, TextSpan Span) : PolicyPeer(Span)
    {
        public override string Key => $"entity {Name}";
    }

    /// <summary>The pods that a Service selects.</summary>
    public sealed record ServicePods(string Namespace, string Name, TextSpan Span) : PolicyPeer(Span)
    {
        public override string Key => $"service {Namespace}/{Name}";
    }
}
