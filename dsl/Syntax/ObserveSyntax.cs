using System.Collections.Immutable;

namespace Netpol.Syntax;

/// <summary><c>observe { drops all; flows 1 in 100 }</c></summary>
public sealed record ObserveSyntax(ImmutableArray<ObserveLineSyntax> Lines) : StatementSyntax;

/// <summary>A line of <c>observe { }</c>.</summary>
public abstract record ObserveLineSyntax : StatementSyntax
{
    private ObserveLineSyntax()
    {
    }

    /// <summary><c>drops all</c></summary>
    public sealed record Drops : ObserveLineSyntax;

    /// <summary><c>flows 1 in 100 [for SET]</c>; <c>flows all</c> has no number.</summary>
    public sealed record Flows(Spelled<int>? OneIn, SetSyntax? For) : ObserveLineSyntax;
}
