using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Lowering;

/// <summary>
/// Turns the peer of a rule into a condition: every largest part that does not depend on the judged endpoint or on a
/// service becomes one set, the rest stays in the code.
/// <code>
/// office | world | pods in same namespace where app == "a"
///   =>  peer in s0 or (same namespace and peer in s1)
///       s0 = office | world,  s1 = pods in any namespace where app == "a"
/// </code>
/// </summary>
internal sealed class PeerLowering(SetTable sets, ImmutableDictionary<string, int> serviceIds)
{
    // By the set of a group, as every rule that names the group asks anew.
    private readonly Dictionary<AddressSet, bool> _freeGroups = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<AddressSet, bool> _serviceGroups = new(ReferenceEqualityComparer.Instance);

    /// <summary>Is the other end in the set?</summary>
    public Condition Member(AddressSet set) => IsFree(set) ? Free(set) : set switch
    {
        AddressSet.Named named => Member(named.Set),
        AddressSet.Service service => new Condition.ServiceIs(serviceIds[service.Name]),
        AddressSet.Pods { Where: null } => new Condition.SameNamespace(),
        AddressSet.Pods pods => Condition.All(
            new Condition.SameNamespace(), Free(pods with { Scope = new NamespaceScope.Any() })),
        AddressSet.Union union => Condition.AnyOf(Split(union.Parts, parts => new AddressSet.Union(parts))),
        AddressSet.Intersection intersection => Condition.All(Split(intersection.Parts, parts => new AddressSet.Intersection(parts))),
        AddressSet.Difference difference => Condition.All(
            Member(difference.Left), new Condition.Not(Member(difference.Right))),
        _ => throw new UnreachableException(),
    };

    public bool MentionsService(AddressSet set) => set switch
    {
        AddressSet.Service => true,
        AddressSet.Named named => Remembered(_serviceGroups, named.Set, MentionsService),
        AddressSet.Union union => union.Parts.Any(MentionsService),
        AddressSet.Intersection intersection => intersection.Parts.Any(MentionsService),
        AddressSet.Difference difference => MentionsService(difference.Left) || MentionsService(difference.Right),
        _ => false,
    };

    private bool IsFree(AddressSet set) => set switch
    {
        AddressSet.Service or AddressSet.Pods { Scope: NamespaceScope.Same } => false,
        AddressSet.Named named => Remembered(_freeGroups, named.Set, IsFree),
        AddressSet.Union union => union.Parts.All(IsFree),
        AddressSet.Intersection intersection => intersection.Parts.All(IsFree),
        AddressSet.Difference difference => IsFree(difference.Left) && IsFree(difference.Right),
        _ => true,
    };

    private static bool Remembered(Dictionary<AddressSet, bool> answers, AddressSet set, Func<AddressSet, bool> ask)
    {
        if (!answers.TryGetValue(set, out var answer))
        {
            answers.Add(set, answer = ask(set));
        }

        return answer;
    }

    private Condition Free(AddressSet set)
    {
        var form = sets.Normalize(set);
        return form.IsAny ? Condition.Always
            : form.IsNobody ? Condition.Never
            : new Condition.PeerIn(sets.Add(set, form));
    }

    private ImmutableArray<Condition> Split(
        ImmutableArray<AddressSet> parts, Func<ImmutableArray<AddressSet>, AddressSet> together)
    {
        ImmutableArray<AddressSet> free = [.. parts.Where(IsFree)];
        var conditions = ImmutableArray.CreateBuilder<Condition>();
        if (!free.IsEmpty)
        {
            conditions.Add(Free(free.Length == 1 ? free[0] : together(free)));
        }

        conditions.AddRange(parts.Where(part => !IsFree(part)).Select(Member));
        return conditions.ToImmutable();
    }
}
