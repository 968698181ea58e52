using System.Collections.Immutable;

namespace Netpol.Syntax;

/// <summary><c>allow from web on 80/tcp log</c></summary>
/// <param name="Ports">Empty where there is no <c>on</c>.</param>
public sealed record RuleSyntax(
    Spelled<ActionSyntax> Action, Spelled<PeerWordSyntax> Word, SetSyntax Peer,
    ImmutableArray<PortSyntax> Ports, ImmutableArray<ClauseSyntax> Clauses) : StatementSyntax;
