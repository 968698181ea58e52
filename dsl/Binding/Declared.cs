using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>A declaration and the file it stands in.</summary>
internal sealed record Declared<T>(FileScope File, T Syntax, Spelled<string> Name)
    where T : StatementSyntax;
