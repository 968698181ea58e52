namespace Netpol.Syntax;

/// <summary><c>tier admin 10</c>; the name is <c>admin</c> or <c>baseline</c>.</summary>
public sealed record TierSyntax(Spelled<string> Name, Spelled<decimal> Order) : SyntaxNode;
