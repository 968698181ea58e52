using System.Collections.Immutable;

namespace Netpol.Syntax;

/// <summary><c>qos api for api { egress 100Mbit/s burst 1MiB; priority guaranteed }</c></summary>
public sealed record QosSyntax(Spelled<string> Name, SetSyntax For, ImmutableArray<QosLineSyntax> Lines) : StatementSyntax;

/// <summary>A line of <c>qos { }</c>.</summary>
public abstract record QosLineSyntax : StatementSyntax
{
    private QosLineSyntax()
    {
    }

    /// <summary><c>egress 100Mbit/s burst 1MiB</c></summary>
    public sealed record Rate(Spelled<DirectionSyntax> Direction, QuantitySyntax Limit, QuantitySyntax? Burst) : QosLineSyntax;

    /// <summary><c>priority guaranteed</c>, <c>burstable</c> or <c>best-effort</c></summary>
    public sealed record Priority(Spelled<string> Name) : QosLineSyntax;
}
