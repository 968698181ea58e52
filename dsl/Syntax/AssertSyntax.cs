using System.Collections.Immutable;

namespace Netpol.Syntax;

/// <summary><c>assert "…" only api -> db on 5432/tcp</c></summary>
/// <param name="Kind"><c>only</c> or <c>never</c></param>
public sealed record AssertSyntax(
    Spelled<string> Name, Spelled<string> Kind, SetSyntax From, SetSyntax To, ImmutableArray<PortSyntax> Ports) : StatementSyntax;
