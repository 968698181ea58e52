using System.Collections.Immutable;

namespace Netpol.Syntax;

/// <summary><c>POST "/v1/orders" where header "x-team" == "shop"</c></summary>
/// <param name="Method">A method, or <c>any</c>.</param>
public sealed record HttpRequestSyntax(
    Spelled<string> Method, Spelled<string> Path, ImmutableArray<HttpHeaderSyntax> Headers) : StatementSyntax;

/// <summary><c>header "x-team" == "shop"</c></summary>
public sealed record HttpHeaderSyntax(Spelled<string> Name, Spelled<string> Value) : SyntaxNode;
