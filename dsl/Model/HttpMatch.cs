using System.Collections.Immutable;

namespace Netpol.Model;

/// <summary><c>POST "/v1/orders" where header "x-team" == "shop"</c>, in the <c>http { }</c> of a rule.</summary>
/// <param name="Method">Null: any.</param>
/// <param name="Path">Begins with <c>/</c>; <c>*</c> stands for anything within one part between slashes, <c>**</c> for anything.</param>
/// <param name="Headers">All must be there; names in lower case.</param>
public sealed record HttpMatch(string? Method, string Path, ImmutableArray<HttpHeader> Headers, Origin Origin);

/// <param name="Name">In lower case.</param>
public sealed record HttpHeader(string Name, string Value);
