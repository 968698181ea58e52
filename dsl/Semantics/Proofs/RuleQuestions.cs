using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>What the rules of one direction ask of a connection, answered by functions over the variables of some space.</summary>
/// <param name="Self">Is the judged endpoint in a set?</param>
/// <param name="Peer">Is the other end?</param>
/// <param name="OnPorts">Does the receiver get it on one of the ports?</param>
/// <param name="Through">Was it translated by the service of a name, on one of these ports of its own?</param>
/// <param name="PeerIsOwnNode">The other end is a socket of the judged endpoint's node.</param>
/// <param name="Selves">The judged endpoints of some connections, or a function that is true of these connections too.</param>
internal sealed record RuleQuestions(
    Direction Direction,
    DecisionDiagram Diagram,
    Func<AddressSet, int> Self,
    Func<AddressSet, int> Peer,
    Func<ImmutableArray<PortMatch>, int> OnPorts,
    Func<string, ImmutableArray<PortMatch>, int> Through,
    int PeerIsOwnNode,
    Func<int, int> Selves);
