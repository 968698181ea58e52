namespace Netpol.Syntax;

/// <summary><c>import "platform.netpol"</c></summary>
public sealed record ImportSyntax(Spelled<string> Path) : StatementSyntax;
