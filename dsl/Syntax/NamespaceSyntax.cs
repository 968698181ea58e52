using System.Collections.Immutable;

namespace Netpol.Syntax;

/// <summary><c>namespace data { env = "prod" }</c></summary>
public sealed record NamespaceSyntax(Spelled<string> Name, ImmutableArray<LabelSyntax> Labels) : StatementSyntax;
