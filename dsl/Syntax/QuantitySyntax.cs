namespace Netpol.Syntax;

/// <summary>A number with its unit as written: <c>3h</c>, <c>100Mbit/s</c>, <c>1MiB</c>, <c>200/s</c> (unit <c>/s</c>).</summary>
public sealed record QuantitySyntax(decimal Number, string Unit) : SyntaxNode;
