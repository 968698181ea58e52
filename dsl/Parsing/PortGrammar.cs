using System.Collections.Immutable;
using Netpol.Syntax;
using Netpol.Text;
using Sprache;
using static Netpol.Parsing.Combinators;
using static Netpol.Parsing.Terminals;

namespace Netpol.Parsing;

/// <summary>What may stand after <c>on</c> and in a <c>ports</c> declaration.</summary>
internal static class PortGrammar
{
    public static readonly Parser<Spelled<string>> Protocol = OneOf("tcp", "udp", "sctp");

    private static readonly Parser<PortSyntax> Numbers = Literal("a port", Literals.Port);

    private static readonly Parser<PortSyntax> WholeProtocol = Protocol.Select(protocol => (PortSyntax)new PortSyntax.WholeProtocol(protocol.Value));

    private static readonly Parser<Spelled<string>> IcmpType =
        Name.Or(SpelledLiteral("a number", static (source, span) => (source.TextOf(span), null)));

    private static readonly Parser<Spelled<string>?> IcmpCode = Behind(Symbol(TokenKind.Comma, "`,`"), IcmpType).OrNothing();

    private static readonly Parser<TextSpan> Close = Symbol(TokenKind.CloseParenthesis, "`)`");

    private static readonly Parser<(Spelled<string> Type, Spelled<string>? Code)?> Narrowed = (
        from open in Symbol(TokenKind.OpenParenthesis, "`(`")
        from type in IcmpType
        from code in IcmpCode
        from close in Close
        select (Type: type, Code: code)).OrNothing();

    private static readonly Parser<PortSyntax> Icmp =
        from protocol in OneOf(("icmp", false), ("icmpv6", true))
        from narrowed in Narrowed
        select (PortSyntax)new PortSyntax.Icmp(protocol.Value, narrowed?.Type, narrowed?.Code);

    private static readonly Parser<Spelled<string>?> NamedProtocol = Behind(Symbol(TokenKind.Slash, "`/`"), Protocol).OrNothing();

    private static readonly Parser<PortSyntax> Named =
        from word in Word("port")
        from name in Name
        from protocol in NamedProtocol
        select (PortSyntax)new PortSyntax.Named(name, protocol?.Value);

    private static readonly Parser<PortSyntax> Reference = Name.Select(name => (PortSyntax)new PortSyntax.Reference(name));

    private static readonly Parser<PortSyntax> Port = ((Parser<PortSyntax>)(input =>
    {
        var at = (TokenInput)input;
        if (at.Token.Kind is TokenKind.Literal or TokenKind.String)
        {
            return at.Token.Kind == TokenKind.Literal ? Numbers(input) : Reference(input);
        }

        return at.Token.Kind != TokenKind.Name ? Fail<PortSyntax>(at, "a port") : at.Reading.TextAt(at.Position) switch
        {
            "tcp" or "udp" or "sctp" => WholeProtocol(input),
            "icmp" or "icmpv6" => Icmp(input),
            "port" => Named(input),
            "http" or "log" or "limit" or "per" => Fail<PortSyntax>(at, "a port"),
            _ => Reference(input),
        };
    })).Spanned();

    public static readonly Parser<ImmutableArray<PortSyntax>> Ports = Port.CommaSeparated();

    /// <summary><c>[on PORT, …]</c>; empty where there is no <c>on</c>.</summary>
    public static readonly Parser<ImmutableArray<PortSyntax>> On =
        Behind(Symbol(TokenKind.On, "`on`"), Ports).OrNothing().Select(ports => ports ?? []);
}
