namespace Netpol.Syntax;

/// <summary><c>default namespace shop</c></summary>
public sealed record DefaultNamespaceSyntax(Spelled<string> Name) : StatementSyntax;
