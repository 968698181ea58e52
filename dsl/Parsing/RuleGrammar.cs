using System.Collections.Immutable;
using Netpol.Syntax;
using Netpol.Text;
using Sprache;
using static Netpol.Parsing.Combinators;
using static Netpol.Parsing.Terminals;

namespace Netpol.Parsing;

/// <summary>Rules and what their blocks and clauses hold.</summary>
internal static class RuleGrammar
{
    private static readonly Parser<Spelled<PeerWordSyntax>> PeerWord =
        Symbol(TokenKind.From, "`from`").Select(span => new Spelled<PeerWordSyntax>(PeerWordSyntax.From, span))
            .Or(Symbol(TokenKind.To, "`to`").Select(span => new Spelled<PeerWordSyntax>(PeerWordSyntax.To, span)));

    private static readonly Parser<HttpHeaderSyntax> Header =
        (from word in Word("header")
         from name in Quoted
         from equal in Symbol(TokenKind.Equal, "`==`")
         from value in Quoted
         select new HttpHeaderSyntax(name, value)).Spanned();

    private static readonly Parser<Spelled<string>> Method =
        Symbol(TokenKind.Any, "`any`").Select(span => new Spelled<string>("any", span)).Or(Name);

    private static readonly Parser<ImmutableArray<HttpHeaderSyntax>> Headers =
        (from word in Symbol(TokenKind.Where, "`where`")
         from first in Header
         from others in Behind(Symbol(TokenKind.And, "`and`"), Header).All()
         select (ImmutableArray<HttpHeaderSyntax>)[first, .. others]).OrNothing().Select(headers => headers ?? []);

    /// <summary><c>GET "/v1/**"</c></summary>
    public static readonly Parser<HttpRequestSyntax> HttpRequest =
        (from method in Method
         from path in Quoted
         from headers in Headers
         select new HttpRequestSyntax(method, path, headers)).Spanned();

    private static readonly Parser<ClauseSyntax> Log = Word("log").Select(_ => (ClauseSyntax)new ClauseSyntax.Log());

    private static readonly Parser<ClauseSyntax> Limit =
        from word in Word("limit")
        from rate in Literal("a rate such as `200/s`", Literals.Rate)
        from burst in Behind(Word("burst"), SpelledLiteral("a whole number", Literals.WholeNumber)).OrNothing()
        from source in Behind(Word("per"), Word("source")).OrNothing()
        select (ClauseSyntax)new ClauseSyntax.Limit(rate, burst, source is not null);

    private static readonly Parser<ClauseSyntax> Http =
        from word in Word("http")
        from requests in Nested.HttpRequests
        select (ClauseSyntax)new ClauseSyntax.Http(requests);

    private static readonly Parser<ImmutableArray<ClauseSyntax>> Clauses = Log.Or(Limit).Or(Http).Spanned().All();

    private static readonly Parser<Spelled<ActionSyntax>> Action = OneOf(
        ("allow", ActionSyntax.Allow), ("deny", ActionSyntax.Deny), ("reject", ActionSyntax.Reject), ("pass", ActionSyntax.Pass));

    /// <summary><c>allow from web on 80/tcp log</c></summary>
    public static readonly Parser<RuleSyntax> Rule =
        (from action in Action
         from word in PeerWord
         from peer in SetGrammar.Set
         from ports in PortGrammar.On
         from clauses in Clauses
         select new RuleSyntax(action, word, peer, ports, clauses)).Spanned();

    public static readonly Parser<Spelled<DirectionSyntax>> Direction =
        OneOf(("ingress", DirectionSyntax.Ingress), ("egress", DirectionSyntax.Egress));

    private static readonly Parser<TextSpan?> Open = Word("open").OrNothing();

    /// <summary><c>ingress { … }</c></summary>
    public static readonly Parser<PolicyBlockSyntax> PolicyBlock =
        (from direction in Direction
         from open in Open
         from rules in Nested.Rules
         select new PolicyBlockSyntax(direction, rules) { Open = open }).Spanned();

    public static readonly StatementTable<RuleSyntax> Rules = new(
        "rule", [("allow", Rule), ("deny", Rule), ("reject", Rule), ("pass", Rule)]);

    public static readonly StatementTable<PolicyBlockSyntax> PolicyBlocks = new(
        "block of rules", [("ingress", PolicyBlock), ("egress", PolicyBlock)]);
}
