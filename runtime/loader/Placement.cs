using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using Netpol.Bundle;

namespace Netpol.Loader;

/// <summary>
/// Which of the manifest's sets an address is in: the node's half of what the compiler did for every other address. Pure; the
/// reference evaluator is its judge.
/// </summary>
public static class Placement
{
    /// <summary>Whoever asks more often gets an index, which costs as much as a few answers without it.</summary>
    private const int AnswersWithoutIndex = 4;

    private static readonly ConditionalWeakTable<Manifest, Asked> Indexes = [];

    /// <summary>The label every namespace has without being given it.</summary>
    public const string NamespaceNameLabel = "kubernetes.io/metadata.name";

    /// <summary>The labels a namespace has: those the bundle declares and no others, else those the runtime gave.</summary>
    public static ImmutableSortedDictionary<string, string> LabelsOf(
        Manifest manifest, string name, ImmutableSortedDictionary<string, string>? given)
    {
        var labels = manifest.Namespaces.TryGetValue(name, out var declared)
            ? declared
            : given ?? ImmutableSortedDictionary<string, string>.Empty;
        return labels.SetItem(NamespaceNameLabel, name);
    }

    /// <summary>The bits of the sets that hold this subject, as the words of <c>members</c>.</summary>
    public static ulong[] MembersOf(Manifest manifest, Subject subject)
    {
        var words = new ulong[manifest.Layout.MemberWords];
        foreach (var set in Indexes.GetOrCreateValue(manifest).Index(manifest)?.Candidates(subject) ?? manifest.Sets)
        {
            if (Holds(set.Expression, subject))
            {
                words[set.Bit / 64] |= 1UL << (set.Bit % 64);
            }
        }

        return words;
    }

    /// <summary>Is the set with this bit among the words?</summary>
    public static bool IsIn(ReadOnlySpan<ulong> members, int bit) => (members[bit / 64] >> (bit % 64) & 1) != 0;

    public static bool Holds(SetExpression expression, Subject subject) => expression switch
    {
        SetExpression.Any => true,
        // The loader only places endpoints and addresses of nodes, and neither is the world.
        SetExpression.World => false,
        SetExpression.Host => subject is Subject.Host,
        SetExpression.Nodes => subject is Subject.Host or Subject.Node,
        SetExpression.Cidr cidr => cidr.Include.Any(prefix => Contains(prefix, subject.Address)) &&
                                   !cidr.Except.Any(prefix => Contains(prefix, subject.Address)),
        SetExpression.Pods pods => subject is Subject.Endpoint endpoint && Holds(pods, endpoint),
        SetExpression.Union union => union.Parts.Any(part => Holds(part, subject)),
        SetExpression.Intersection intersection => intersection.Parts.All(part => Holds(part, subject)),
        SetExpression.Difference difference => Holds(difference.Left, subject) && !Holds(difference.Right, subject),
        _ => throw new UnreachableException(),
    };

    private static bool Holds(SetExpression.Pods pods, Subject.Endpoint endpoint) =>
        (pods.Namespace is null || pods.Namespace == endpoint.Namespace) &&
        (pods.NamespaceWhere is null || Holds(pods.NamespaceWhere, endpoint.NamespaceLabels)) &&
        (pods.Where is null || Holds(pods.Where, endpoint.Labels));

    private static bool Holds(LabelExpression expression, ImmutableSortedDictionary<string, string> labels) => expression switch
    {
        LabelExpression.In isIn => labels.TryGetValue(isIn.Key, out var value) && isIn.Values.Contains(value),
        LabelExpression.Has has => labels.ContainsKey(has.Key),
        LabelExpression.Not not => !Holds(not.Inner, labels),
        LabelExpression.And and => and.Parts.All(part => Holds(part, labels)),
        LabelExpression.Or or => or.Parts.Any(part => Holds(part, labels)),
        _ => throw new UnreachableException(),
    };

    private static bool Contains(string prefix, IPAddress address) => IPNetwork.Parse(prefix).Contains(address);

    /// <summary>How often a manifest's sets were asked for.</summary>
    private sealed class Asked
    {
        private int _answers;
        private SetIndex? _index;

        internal SetIndex? Index(Manifest manifest) =>
            _index ?? (Interlocked.Increment(ref _answers) > AnswersWithoutIndex ? _index = new SetIndex(manifest) : null);
    }
}

/// <summary>Whom an address belongs to.</summary>
public abstract record Subject
{
    private Subject(IPAddress address) => Address = address;

    public IPAddress Address { get; }

    /// <summary>An attached container.</summary>
    public sealed record Endpoint(
        IPAddress Own,
        string Namespace,
        ImmutableSortedDictionary<string, string> NamespaceLabels,
        ImmutableSortedDictionary<string, string> Labels) : Subject(Own);

    /// <summary>This node, as the sender of its own packets.</summary>
    public sealed record Host(IPAddress Own) : Subject(Own);

    /// <summary>A node whose address a forwarded packet bears: another, or this one for what it forwards.</summary>
    public sealed record Node(IPAddress Own) : Subject(Own);
}
