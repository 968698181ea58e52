using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Compiler.Ir;

/// <summary>
/// A question about one new connection, seen from the judged endpoint ("self"). It knows nothing of headers and maps:
/// every atom is a fact that the datapath has established before it asks for a verdict.
/// </summary>
public abstract record Condition
{
    private Condition()
    {
    }

    public static Condition Always { get; } = new True();

    public static Condition Never { get; } = new False();

    public sealed record True : Condition;

    public sealed record False : Condition;

    /// <summary>The judged endpoint is in the set.</summary>
    public sealed record SelfIn(SetId Set) : Condition;

    /// <summary>The other end is in the set: the source of an ingress connection, the receiver of an egress one.</summary>
    public sealed record PeerIn(SetId Set) : Condition;

    /// <summary>Both ends are endpoints of one namespace.</summary>
    public sealed record SameNamespace : Condition;

    /// <summary>The service with this id (from 1) translated the connection.</summary>
    public sealed record ServiceIs(int Service) : Condition;

    /// <param name="Number">IANA number.</param>
    public sealed record ProtocolIs(Protocol Number) : Condition;

    public sealed record FamilyIs(IpFamily Family) : Condition;

    /// <summary>The receiver's port, after translation; host order, both ends included.</summary>
    public sealed record PortIn(ushort First, ushort Last) : Condition;

    /// <summary>The service's own port, before translation; meaningful beside <see cref="ServiceIs"/>.</summary>
    public sealed record ServicePortIn(ushort First, ushort Last) : Condition;

    public sealed record IcmpTypeIs(byte Type) : Condition;

    public sealed record IcmpCodeIs(byte Code) : Condition;

    /// <summary>The receiver calls the port by <see cref="DecisionScope.PortNames"/>[<paramref name="Name"/>].</summary>
    public sealed record PortNamed(int Name) : Condition;

    /// <summary>A socket of the endpoint's own node began the connection. In no rule: the node's right asks it.</summary>
    public sealed record FromHost : Condition;

    /// <summary>
    /// The limited rule with this id may still decide: the question is asked again with the highest id that has no token left. In no
    /// rule's condition: that it is limited says so.
    /// </summary>
    public sealed record Unspent(int Rule) : Condition;

    public sealed record Not(Condition Inner) : Condition;

    /// <summary>All of them; of none: true.</summary>
    public sealed record And(ImmutableArray<Condition> Parts) : Condition;

    /// <summary>One of them; of none: false.</summary>
    public sealed record Or(ImmutableArray<Condition> Parts) : Condition;

    public static Condition All(params ImmutableArray<Condition> parts) => parts.Length == 1 ? parts[0] : new And(parts);

    public static Condition AnyOf(params ImmutableArray<Condition> parts) => parts.Length == 1 ? parts[0] : new Or(parts);

    /// <summary>The printed form: array children compare by reference, so equality of conditions is equality of these.</summary>
    public sealed override string ToString() => ConditionPrinter.Print(this);
}
