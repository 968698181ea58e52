using System.Collections.Immutable;

namespace Netpol.Syntax;

/// <summary><c>test "the web tier is served" { … }</c></summary>
public sealed record TestSyntax(Spelled<string> Name, ImmutableArray<TestLineSyntax> Lines) : StatementSyntax;

/// <summary><c>api -> db on 5432/tcp allow</c></summary>
/// <param name="Expected"><see cref="ActionSyntax.Allow"/> or <see cref="ActionSyntax.Deny"/>.</param>
public sealed record TestLineSyntax(
    TestSideSyntax From, TestSideSyntax To, ImmutableArray<PortSyntax> Ports, Spelled<ActionSyntax> Expected) : StatementSyntax
{
    /// <summary><c>http GET "/v1/x"</c></summary>
    public HttpRequestSyntax? Http { get; init; }
}

/// <summary>A side of a test line.</summary>
public abstract record TestSideSyntax : SyntaxNode
{
    private TestSideSyntax()
    {
    }

    public sealed record Set(SetSyntax Addresses) : TestSideSyntax;

    /// <summary><c>pod in shop { app = "api" }</c></summary>
    public sealed record Pod(Spelled<string> Namespace, ImmutableArray<LabelSyntax> Labels) : TestSideSyntax;
}
