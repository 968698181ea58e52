using System.Collections.Immutable;

namespace Netpol.Syntax;

/// <summary><c>ports web-ports = 80/tcp, 443/tcp</c></summary>
public sealed record PortsSyntax(Spelled<string> Name, ImmutableArray<PortSyntax> Ports) : StatementSyntax;
