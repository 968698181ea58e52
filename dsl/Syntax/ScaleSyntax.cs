using System.Collections.Immutable;

namespace Netpol.Syntax;

/// <summary><c>scale { endpoints 5000; events 2000/s }</c></summary>
public sealed record ScaleSyntax(ImmutableArray<ScaleLineSyntax> Lines) : StatementSyntax;

/// <summary>A line of <c>scale { }</c>; <c>endpoints</c> and <c>connections</c> are counts (empty unit), <c>events</c> a rate.</summary>
public sealed record ScaleLineSyntax(Spelled<string> Kind, QuantitySyntax Quantity) : StatementSyntax;
