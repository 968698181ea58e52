using System.Collections.Immutable;

namespace Netpol.Syntax;

/// <summary><c>service checkout { … }</c></summary>
public sealed record ServiceSyntax(Spelled<string> Name, ImmutableArray<ServiceLineSyntax> Lines) : StatementSyntax;
