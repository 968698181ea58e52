using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Lsp.Symbols;

/// <summary>Finds the names in a part of a file, once for each tree.</summary>
internal sealed class SymbolWalk
{
    private static readonly ConditionalWeakTable<CompilationUnitSyntax, StrongBox<ImmutableArray<Occurrence>>> Known = [];

    private readonly ImmutableArray<Occurrence>.Builder _found = ImmutableArray.CreateBuilder<Occurrence>();
    private readonly StatementSyntax _statement;
    private RuleSyntax? _rule;
    private string _owner = "";

    private SymbolWalk(StatementSyntax statement) => _statement = statement;

    /// <summary>In the order of their places.</summary>
    public static ImmutableArray<Occurrence> Of(CompilationUnitSyntax unit) =>
        Known.GetValue(unit, static unit => new([.. unit.Statements.SelectMany(statement => new SymbolWalk(statement).Walk()).OrderBy(found => found.Span.Start)])).Value;

    private ImmutableArray<Occurrence> Walk()
    {
        switch (_statement)
        {
            case DefaultNamespaceSyntax syntax:
                Add(SymbolKind.Namespace, syntax.Name);
                break;
            case ImportSyntax syntax:
                Add(SymbolKind.File, syntax.Path);
                break;
            case NamespaceSyntax syntax:
                Add(SymbolKind.Namespace, syntax.Name, isDeclaration: true);
                Walk(syntax.Labels);
                break;
            case GroupSyntax syntax:
                Add(SymbolKind.Group, syntax.Name, isDeclaration: true);
                Walk(syntax.Set);
                break;
            case PortsSyntax syntax:
                Add(SymbolKind.Ports, syntax.Name, isDeclaration: true);
                Walk(syntax.Ports);
                break;
            case PolicySyntax syntax:
                Add(SymbolKind.Policy, syntax.Name, isDeclaration: true);
                Walk(syntax.For);
                Walk(syntax.Blocks);
                break;
            case ServiceSyntax syntax:
                Add(SymbolKind.Service, syntax.Name, isDeclaration: true);
                _owner = syntax.Name.Value;
                Walk(syntax.Lines);
                break;
            case QosSyntax syntax:
                Add(SymbolKind.Qos, syntax.Name, isDeclaration: true);
                Walk(syntax.For);
                break;
            case ObserveSyntax syntax:
                Walk(syntax.Lines.OfType<ObserveLineSyntax.Flows>().Select(line => line.For));
                break;
            case TestSyntax syntax:
                foreach (var line in syntax.Lines)
                {
                    Walk(line.From);
                    Walk(line.To);
                    Walk(line.Ports);
                }

                break;
            case AssertSyntax syntax:
                Walk(syntax.From);
                Walk(syntax.To);
                Walk(syntax.Ports);
                break;
            case AssumeSyntax syntax:
                Walk(syntax.Set);
                break;
            default:
                break;
        }

        return _found.ToImmutable();
    }

    private void Walk(ImmutableArray<PolicyBlockSyntax> blocks)
    {
        foreach (var rule in blocks.SelectMany(block => block.Rules))
        {
            _rule = rule;
            Walk(rule.Peer);
            Walk(rule.Ports);
        }

        _rule = null;
    }

    private void Walk(ImmutableArray<ServiceLineSyntax> lines)
    {
        foreach (var line in lines)
        {
            switch (line)
            {
                case ServiceLineSyntax.Port port:
                    if (port.Name is { } name)
                    {
                        Add(SymbolKind.ServicePort, name, isDeclaration: true);
                    }

                    if (port.Target is TargetPortSyntax.Named named)
                    {
                        Add(SymbolKind.PodPort, named.Name);
                    }

                    break;
                case ServiceLineSyntax.NodePort nodePort:
                    Add(SymbolKind.ServicePort, nodePort.PortName);
                    break;
                case ServiceLineSyntax.LoadBalancer { From: { } clients }:
                    Walk(clients);
                    break;
                case ServiceLineSyntax.BackendSet backends:
                    Walk(backends.Set);
                    break;
                default:
                    break;
            }
        }
    }

    private void Walk(TestSideSyntax side)
    {
        if (side is TestSideSyntax.Set set)
        {
            Walk(set.Addresses);
        }
        else if (side is TestSideSyntax.Pod pod)
        {
            Add(SymbolKind.Namespace, pod.Namespace);
            Walk(pod.Labels);
        }
    }

    private void Walk(IEnumerable<SetSyntax?> sets)
    {
        foreach (var set in sets.OfType<SetSyntax>())
        {
            Walk(set);
        }
    }

    private void Walk(SetSyntax set)
    {
        switch (set)
        {
            case SetSyntax.Named named:
                Add(SymbolKind.Group, named.Name);
                break;
            case SetSyntax.Service service:
                Add(SymbolKind.Service, service.Name);
                break;
            case SetSyntax.Pods pods:
                if (pods.Scope is ScopeSyntax.One one)
                {
                    Add(SymbolKind.Namespace, one.Name);
                }
                else if (pods.Scope is ScopeSyntax.Matching matching)
                {
                    Walk(matching.Where);
                }

                if (pods.Where is { } where)
                {
                    Walk(where);
                }

                break;
            case SetSyntax.Union union:
                Walk(union.Parts);
                break;
            case SetSyntax.Intersection intersection:
                Walk(intersection.Parts);
                break;
            case SetSyntax.Difference difference:
                Walk(difference.Parts);
                break;
            default:
                break;
        }
    }

    private void Walk(PredicateSyntax predicate)
    {
        switch (predicate)
        {
            case PredicateSyntax.Equal equal:
                AddLabel(equal.Key, equal.Value.Value);
                break;
            case PredicateSyntax.NotEqual notEqual:
                AddLabel(notEqual.Key, notEqual.Value.Value);
                break;
            case PredicateSyntax.In @in:
                AddLabels(@in.Key, @in.Values);
                break;
            case PredicateSyntax.NotIn notIn:
                AddLabels(notIn.Key, notIn.Values);
                break;
            case PredicateSyntax.Has has:
                Add(SymbolKind.LabelKey, has.Key);
                break;
            case PredicateSyntax.Not not:
                Walk(not.Inner);
                break;
            case PredicateSyntax.And and:
                and.Parts.ToList().ForEach(Walk);
                break;
            case PredicateSyntax.Or or:
                or.Parts.ToList().ForEach(Walk);
                break;
            default:
                break;
        }
    }

    private void Walk(ImmutableArray<PortSyntax> ports)
    {
        foreach (var port in ports)
        {
            if (port is PortSyntax.Reference reference)
            {
                Add(SymbolKind.Ports, reference.Name);
            }
            else if (port is PortSyntax.Named named)
            {
                Add(SymbolKind.PodPort, named.Name);
            }
        }
    }

    private void Walk(ImmutableArray<LabelSyntax> labels)
    {
        foreach (var label in labels)
        {
            AddLabel(label.Key, label.Value.Value);
        }
    }

    // One for each value, at the place of the key.
    private void AddLabels(Spelled<string> key, ImmutableArray<Spelled<string>> values) => values.ToList().ForEach(value => AddLabel(key, value.Value));

    private void AddLabel(Spelled<string> key, string value) => Add(SymbolKind.LabelKey, key.Value, key.Span, false, value);

    private void Add(SymbolKind kind, Spelled<string> name, bool isDeclaration = false) => Add(kind, name.Value, name.Span, isDeclaration, null);

    private void Add(SymbolKind kind, string name, TextSpan span, bool isDeclaration, string? value) => _found.Add(new Occurrence(kind, name, span, isDeclaration, _statement)
    {
        Owner = kind == SymbolKind.ServicePort ? _owner : "",
        Value = value,
        Rule = _rule,
    });
}
