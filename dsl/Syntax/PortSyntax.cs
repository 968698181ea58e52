namespace Netpol.Syntax;

/// <summary>What may stand after <c>on</c>. Protocols are spelled <c>tcp</c>, <c>udp</c>, <c>sctp</c>.</summary>
public abstract record PortSyntax : SyntaxNode
{
    private PortSyntax()
    {
    }

    /// <summary><c>80/tcp</c> (first and last are one) or <c>8000-8099/udp</c>; 0 to 65535, first not above last.</summary>
    public sealed record Numbers(int First, int Last, string Protocol) : PortSyntax;

    /// <summary><c>tcp</c>: all its ports.</summary>
    public sealed record WholeProtocol(string Protocol) : PortSyntax;

    /// <summary><c>icmp</c>, <c>icmpv6(echo-request)</c>, <c>icmp(3, 4)</c>; the type is a name or a number as it was written.</summary>
    public sealed record Icmp(bool IsV6, Spelled<string>? Type, Spelled<string>? Code) : PortSyntax;

    /// <summary><c>port http</c> or <c>port http/udp</c>: by the name that the receiving endpoint gives it.</summary>
    public sealed record Named(Spelled<string> Name, string? Protocol) : PortSyntax;

    /// <summary>The name of a <c>ports</c> declaration.</summary>
    public sealed record Reference(Spelled<string> Name) : PortSyntax;
}
