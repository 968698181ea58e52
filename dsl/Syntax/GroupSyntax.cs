namespace Netpol.Syntax;

/// <summary><c>group web = pods where app == "web"</c></summary>
public sealed record GroupSyntax(Spelled<string> Name, SetSyntax Set) : StatementSyntax;
