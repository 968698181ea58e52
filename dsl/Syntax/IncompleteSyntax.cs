namespace Netpol.Syntax;

/// <summary>
/// A declaration that did not parse and has been reported. Its name is kept, so that uses of it are not reported too.
/// </summary>
/// <param name="Kind">The word it begins with, such as <c>group</c>.</param>
public sealed record IncompleteSyntax(Spelled<string> Kind, Spelled<string> Name) : StatementSyntax;
