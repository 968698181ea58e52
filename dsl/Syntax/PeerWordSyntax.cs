namespace Netpol.Syntax;

/// <summary>The word before a rule's peer: <c>from</c> in ingress, <c>to</c> in egress.</summary>
public enum PeerWordSyntax
{
    From,
    To,
}
