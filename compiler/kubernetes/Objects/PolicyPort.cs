using Netpol.Text;

namespace Netpol.Kubernetes.Objects;

/// <summary>One entry of <c>ports</c> or <c>protocols</c>. Protocols are spelled <c>tcp</c>, <c>udp</c>, <c>sctp</c>.</summary>
internal abstract record PolicyPort(TextSpan Span)
{
    public sealed record All(string Protocol, TextSpan Span) : PolicyPort(Span);

    /// <summary>1 to 65535, first not above last.</summary>
    public sealed record Numbers(string Protocol, int First, int Last, TextSpan Span) : PolicyPort(Span);

    /// <param name="Protocol">Null: whatever protocol the pod gives the port of this name.</param>
    public sealed record Named(string? Protocol, string Name, TextSpan Span) : PolicyPort(Span);

    /// <param name="Type">0 to 255.</param>
    public sealed record Icmp(bool IsV6, int Type, TextSpan Span) : PolicyPort(Span);
}
