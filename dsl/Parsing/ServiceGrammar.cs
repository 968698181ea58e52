using Netpol.Syntax;
using Sprache;
using static Netpol.Parsing.Combinators;
using static Netpol.Parsing.Terminals;

namespace Netpol.Parsing;

/// <summary>The lines of <c>service { }</c>.</summary>
internal static class ServiceGrammar
{
    private static readonly Parser<Spelled<int>> PortNumber = SpelledLiteral("a port number", Literals.PortNumber);

    private static readonly Parser<ServiceLineSyntax> Address =
        from word in Word("address")
        from addresses in SetGrammar.Prefixes
        select (ServiceLineSyntax)new ServiceLineSyntax.Address(addresses);

    private static readonly Parser<TargetPortSyntax> AnyTarget =
        PortNumber.Select(port => (TargetPortSyntax)new TargetPortSyntax.Number(port.Value))
            .Or(Behind(Word("port"), Name).Select(name => (TargetPortSyntax)new TargetPortSyntax.Named(name)));

    private static readonly Parser<TargetPortSyntax> Target =
        (from arrow in Symbol(TokenKind.Arrow, "`->`")
         from target in AnyTarget
         select target).Spanned();

    private static readonly Parser<TargetPortSyntax?> OptionalTarget = Target.OrNull();

    private static readonly Parser<Spelled<string>?> OptionalName = Name.OrNothing();

    private static readonly Parser<PortSyntax> Number = Literal("a port such as `80/tcp`", Literals.Port).Spanned();

    private static readonly Parser<ServiceLineSyntax> Port =
        from word in Word("port")
        from name in OptionalName
        from port in Number
        from single in SinglePort(port)
        from target in OptionalTarget
        select (ServiceLineSyntax)new ServiceLineSyntax.Port(name, single.Number, single.Protocol, target);

    private static readonly Parser<ServiceLineSyntax> NodePort =
        from word in Word("nodeport")
        from name in Name
        from number in PortNumber
        select (ServiceLineSyntax)new ServiceLineSyntax.NodePort(name, number);

    private static readonly Parser<ServiceLineSyntax> LoadBalancer =
        from word in Word("loadbalancer")
        from addresses in SetGrammar.Prefixes
        from clients in Behind(Symbol(TokenKind.From, "`from`"), SetGrammar.Set).OrNull()
        select (ServiceLineSyntax)new ServiceLineSyntax.LoadBalancer(addresses, clients);

    private static readonly Parser<Spelled<int>?> Weight =
        Behind(Word("weight"), SpelledLiteral("a whole number", Literals.WholeNumber)).OrNothing();

    private static readonly Parser<BackendSyntax> Backend =
        (from address in SpelledLiteral("an address", Literals.Prefix)
         from weight in Weight
         select new BackendSyntax(address, weight)).Spanned();

    private static readonly Parser<ServiceLineSyntax> BackendAddresses =
        Backend.CommaSeparated().Select(backends => (ServiceLineSyntax)new ServiceLineSyntax.BackendAddresses(backends));

    private static readonly Parser<ServiceLineSyntax> BackendSet =
        SetGrammar.Set.Select(set => (ServiceLineSyntax)new ServiceLineSyntax.BackendSet(set));

    private static readonly Parser<ServiceLineSyntax> Backends = Behind(Word("backends"), input =>
        ((TokenInput)input).Token.Kind == TokenKind.Literal ? BackendAddresses(input) : BackendSet(input));

    private static readonly Parser<ServiceLineSyntax> Balance =
        from word in Word("balance")
        from algorithm in OneOf("maglev", "random", "least-connections")
        select (ServiceLineSyntax)new ServiceLineSyntax.Balance(algorithm);

    private static readonly Parser<ServiceLineSyntax> Affinity =
        from word in Word("affinity")
        from client in Word("client-ip")
        from time in Literal("a time such as `3h`", Literals.Time)
        select (ServiceLineSyntax)new ServiceLineSyntax.Affinity(time);

    private static readonly Parser<ServiceLineSyntax> TrafficPolicy =
        from side in OneOf("outside", "inside")
        from scope in OneOf("local", "cluster")
        select (ServiceLineSyntax)new ServiceLineSyntax.TrafficPolicy(side, scope);

    private static readonly Parser<ServiceLineSyntax> Locality =
        from word in Word("locality")
        from prefer in Word("prefer")
        from preferences in OneOf("node", "zone").CommaSeparated()
        select (ServiceLineSyntax)new ServiceLineSyntax.Locality(preferences);

    private static readonly Parser<ServiceLineSyntax> Drain =
        from word in Word("drain")
        from time in Literal("a time such as `30s`", Literals.Time)
        select (ServiceLineSyntax)new ServiceLineSyntax.Drain(time);

    public static readonly StatementTable<ServiceLineSyntax> Lines = new(
        "line of a service",
        [
            ("address", Address), ("port", Port), ("nodeport", NodePort), ("loadbalancer", LoadBalancer), ("backends", Backends),
            ("balance", Balance), ("affinity", Affinity), ("outside", TrafficPolicy), ("inside", TrafficPolicy),
            ("locality", Locality), ("drain", Drain),
        ]);

    // A service's port is one; a range is refused at its own place.
    private static Parser<(Spelled<int> Number, Spelled<string> Protocol)> SinglePort(PortSyntax port) => input =>
    {
        var reading = ((TokenInput)input).Reading;
        if (port is PortSyntax.Numbers numbers && numbers.First == numbers.Last)
        {
            return Result.Success((new Spelled<int>(numbers.First, port.Span), new Spelled<string>(numbers.Protocol, port.Span)), input);
        }

        reading.Complain(input.Position, SyntaxDiagnostics.MalformedLiteral.At(
            reading.Source, port.Span, reading.Source.TextOf(port.Span), "a single port"));
        return Fail<(Spelled<int>, Spelled<string>)>((TokenInput)input, null);
    };
}
