namespace Netpol.Syntax;

/// <summary><c>env = "prod"</c> in the record of a namespace or a pod.</summary>
public sealed record LabelSyntax(Spelled<string> Key, Spelled<string> Value) : SyntaxNode;
