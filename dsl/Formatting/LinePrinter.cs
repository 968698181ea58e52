using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Netpol.Syntax;

namespace Netpol.Formatting;

/// <summary>Statements that have no block of statements, on one line with the places where it may break.</summary>
internal static class LinePrinter
{
    // Two indentations less than a line holds.
    private const int LongestRuleWithRequests = 92;

    /// <summary>The statement's line, or the head of one with a block, without its brace.</summary>
    public static string Print(StatementSyntax statement) => statement switch
    {
        DefaultNamespaceSyntax syntax => $"default namespace {Names.Written(syntax.Name.Value)}",
        ImportSyntax syntax => $"import {Names.Quoted(syntax.Path.Value)}",
        NamespaceSyntax syntax => $"namespace {Names.Written(syntax.Name.Value)} {Record(syntax.Labels)}",
        ClusterSyntax => "cluster",
        GroupSyntax syntax => $"group {Names.Written(syntax.Name.Value)} = {SetPrinter.Print(syntax.Set)}",
        PortsSyntax syntax => $"ports {Names.Written(syntax.Name.Value)} = {SetPrinter.Print(syntax.Ports)}",
        PolicySyntax syntax => $"policy {Names.Written(syntax.Name.Value)}{(syntax.Audit is null ? "" : " audit")} for {SetPrinter.Print(syntax.For)}"
            + (syntax.Tier is { } tier ? $" tier {tier.Name} {Number(tier.Order.Value)}" : ""),
        PolicyBlockSyntax syntax => $"{Direction(syntax.Direction.Value)}{(syntax.Open is null ? "" : " open")}",
        RuleSyntax syntax => Rule(syntax),
        HttpRequestSyntax syntax => Request(syntax),
        ServiceSyntax syntax => $"service {Names.Written(syntax.Name.Value)}",
        ServiceLineSyntax line => Line(line),
        ClusterLineSyntax.Ranges line => $"{line.Kind} {SetPrinter.List(line.Prefixes)}",
        ClusterLineSyntax.Families line => $"families {SetPrinter.List(line.Names)}",
        QosSyntax syntax => $"qos {Names.Written(syntax.Name.Value)} for {SetPrinter.Print(syntax.For)}",
        QosLineSyntax.Rate line => $"{Direction(line.Direction.Value)} {Quantity(line.Limit)}{(line.Burst is null ? "" : $" burst {Quantity(line.Burst)}")}",
        QosLineSyntax.Priority line => $"priority {line.Name}",
        ObserveSyntax => "observe",
        ObserveLineSyntax.Drops => "drops all",
        ObserveLineSyntax.Flows line => $"flows {(line.OneIn is { } number ? $"1 in {number}" : "all")}{(line.For is null ? "" : $" for {SetPrinter.Print(line.For)}")}",
        ScaleSyntax => "scale",
        ScaleLineSyntax line => $"{line.Kind} {Quantity(line.Quantity)}",
        TestSyntax syntax => $"test {Names.Quoted(syntax.Name.Value)}",
        TestLineSyntax line => $"{Side(line.From)} ->{LineBreaking.Break}{Side(line.To)}{SetPrinter.On(line.Ports)}"
            + $"{(line.Http is null ? "" : $" http {Request(line.Http)}")} {Action(line.Expected.Value)}",
        AssertSyntax syntax => $"assert {Names.Quoted(syntax.Name.Value)} {syntax.Kind} {SetPrinter.Print(syntax.From)}"
            + $" ->{LineBreaking.Break}{SetPrinter.Print(syntax.To)}{SetPrinter.On(syntax.Ports)}",
        AssumeSyntax syntax => $"assume no {SetPrinter.Print(syntax.Set)}",
        _ => throw new UnreachableException(),
    };

    /// <summary>The statements in its block; default where it has none.</summary>
    public static ImmutableArray<StatementSyntax> Block(StatementSyntax statement) => statement switch
    {
        ClusterSyntax syntax => [.. syntax.Lines],
        PolicySyntax syntax => [.. syntax.Blocks],
        PolicyBlockSyntax syntax => [.. syntax.Rules],
        ServiceSyntax syntax => [.. syntax.Lines],
        QosSyntax syntax => [.. syntax.Lines],
        ObserveSyntax syntax => [.. syntax.Lines],
        ScaleSyntax syntax => [.. syntax.Lines],
        TestSyntax syntax => [.. syntax.Lines],
        RuleSyntax syntax when RequestsOnLines(syntax) is { } http => [.. http.Requests],
        _ => default,
    };

    /// <summary>Comments of what stands in the statement and has no line of its own there.</summary>
    public static IEnumerable<string> InnerComments(StatementSyntax statement) => statement is not RuleSyntax rule
        ? []
        : from http in rule.Clauses.OfType<ClauseSyntax.Http>()
          from request in http.Requests
          from line in (string[])[.. request.Comments, .. request.Documentation?.Split('\n') ?? [], .. request.TrailingComment is { } behind ? (string[])[behind] : []]
          select line;

    private static string Rule(RuleSyntax rule)
    {
        // Requests that have lines of their own come last, as a block.
        var block = RequestsOnLines(rule);
        var clauses = rule.Clauses.Where(clause => clause != block).Select(Clause).Concat(block is null ? [] : ["http"]);
        return WithClauses(rule, clauses);
    }

    private static string WithClauses(RuleSyntax rule, IEnumerable<string> clauses)
    {
        var word = rule.Word.Value == PeerWordSyntax.From ? "from" : "to";
        return $"{Action(rule.Action.Value)} {word} {SetPrinter.Print(rule.Peer)}{SetPrinter.On(rule.Ports)}{string.Concat(clauses.Select(clause => $" {clause}"))}";
    }

    /// <summary>The requests of a rule, where they have comments or make its line long; null where they stand on its line.</summary>
    private static ClauseSyntax.Http? RequestsOnLines(RuleSyntax rule) =>
        rule.Clauses.OfType<ClauseSyntax.Http>().ToList() is [{ Requests.IsEmpty: false } http]
            && (InnerComments(rule).Any() || WithClauses(rule, rule.Clauses.Select(Clause)).Length > LongestRuleWithRequests)
            ? http
            : null;

    private static string Clause(ClauseSyntax clause) => clause switch
    {
        ClauseSyntax.Log => "log",
        ClauseSyntax.Limit limit =>
            $"limit {Quantity(limit.Rate)}{(limit.Burst is { } burst ? $" burst {burst}" : "")}{(limit.IsPerSource ? " per source" : "")}",
        ClauseSyntax.Http { Requests.IsEmpty: true } => "http { }",
        ClauseSyntax.Http http => $"http {{ {string.Join("; ", http.Requests.Select(Request))} }}",
        _ => throw new UnreachableException(),
    };

    private static string Request(HttpRequestSyntax request)
    {
        var method = request.Method.Value == "any" ? "any" : Names.Written(request.Method.Value);
        var headers = request.Headers.Select(header => $"header {Names.Quoted(header.Name.Value)} == {Names.Quoted(header.Value.Value)}").ToList();
        return $"{method} {Names.Quoted(request.Path.Value)}{(headers.Count == 0 ? "" : $" where {string.Join(" and ", headers)}")}";
    }

    private static string Line(ServiceLineSyntax line) => line switch
    {
        ServiceLineSyntax.Address address => $"address {SetPrinter.List(address.Addresses)}",
        ServiceLineSyntax.Port port => $"port {(port.Name is { } name ? $"{Names.WrittenBehindWord(name.Value)} " : "")}{port.Number}/{port.Protocol}"
            + port.Target switch
            {
                null => "",
                TargetPortSyntax.Number number => $" -> {number.Port}",
                TargetPortSyntax.Named named => $" -> port {Names.WrittenBehindWord(named.Name.Value)}",
                _ => throw new UnreachableException(),
            },
        ServiceLineSyntax.NodePort nodePort => $"nodeport {Names.WrittenBehindWord(nodePort.PortName.Value)} {nodePort.Number}",
        ServiceLineSyntax.LoadBalancer balancer =>
            $"loadbalancer {SetPrinter.List(balancer.Addresses)}{(balancer.From is null ? "" : $" from {SetPrinter.Print(balancer.From)}")}",
        ServiceLineSyntax.BackendSet backends => $"backends {SetPrinter.Print(backends.Set)}",
        ServiceLineSyntax.BackendAddresses backends => "backends " + SetPrinter.List(backends.Backends.Select(
            backend => $"{backend.Address}{(backend.Weight is { } weight ? $" weight {weight}" : "")}")),
        ServiceLineSyntax.Balance balance => $"balance {balance.Algorithm}",
        ServiceLineSyntax.Affinity affinity => $"affinity client-ip {Quantity(affinity.Time)}",
        ServiceLineSyntax.TrafficPolicy policy => $"{policy.Side} {policy.Scope}",
        ServiceLineSyntax.Locality locality => $"locality prefer {SetPrinter.List(locality.Preferences)}",
        ServiceLineSyntax.Drain drain => $"drain {Quantity(drain.Time)}",
        _ => throw new UnreachableException(),
    };

    private static string Side(TestSideSyntax side) => side switch
    {
        TestSideSyntax.Set set => SetPrinter.Print(set.Addresses),
        TestSideSyntax.Pod pod => $"pod in {Names.Written(pod.Namespace.Value)} {Record(pod.Labels)}",
        _ => throw new UnreachableException(),
    };

    private static string Record(ImmutableArray<LabelSyntax> labels) => labels.IsEmpty
        ? "{ }"
        : $"{{ {SetPrinter.List(labels.Select(label => $"{Names.Written(label.Key.Value)} = {Names.Quoted(label.Value.Value)}"))} }}";

    private static string Direction(DirectionSyntax direction) => direction == DirectionSyntax.Ingress ? "ingress" : "egress";

    private static string Action(ActionSyntax action) => action switch
    {
        ActionSyntax.Allow => "allow",
        ActionSyntax.Deny => "deny",
        ActionSyntax.Reject => "reject",
        ActionSyntax.Pass => "pass",
        _ => throw new UnreachableException(),
    };

    private static string Quantity(QuantitySyntax quantity) => $"{Number(quantity.Number)}{quantity.Unit}";

    // All digits that a decimal can have, and no zeros at the end.
    private static string Number(decimal number) => number.ToString("0.############################", CultureInfo.InvariantCulture);
}
