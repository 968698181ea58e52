namespace Netpol.Syntax;

/// <summary><c>assume no pods in any namespace where role == "edge"</c></summary>
public sealed record AssumeSyntax(SetSyntax Set) : StatementSyntax;
