using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Diagnostics;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>The names of a build and its diagnostics.</summary>
internal sealed class BuildScope
{
    private readonly ImmutableArray<Diagnostic>.Builder _diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
    private readonly Dictionary<string, string> _defaultNamespaces = new(StringComparer.Ordinal);
    private readonly bool _hasUnreadParts;

    /// <param name="parts">Sorted by path: the first of two declarations is the same on every machine.</param>
    /// <param name="earlier">What may be taken from a binding before this one.</param>
    public BuildScope(ImmutableArray<SourcePart> parts, BoundDeclarations earlier)
    {
        Recollection = new Recollection(earlier);
        _hasUnreadParts = parts.Any(part => part.Unit.HasUnreadParts);
        Files = [.. parts.Select(part => new FileScope(this, part))];
        foreach (var file in Files)
        {
            Declare(file);
        }

        ShareDefaultNamespaces();
    }

    /// <summary>Or parts of files.</summary>
    public ImmutableArray<FileScope> Files { get; }

    public Recollection Recollection { get; }

    public NameTable<GroupSyntax> Groups { get; } = new("group");

    public NameTable<PortsSyntax> Ports { get; } = new("ports");

    public NameTable<PolicySyntax> Policies { get; } = new("policy");

    public NameTable<ServiceSyntax> Services { get; } = new("service");

    public NameTable<QosSyntax> Qos { get; } = new("qos");

    public NameTable<NamespaceSyntax> Namespaces { get; } = new("namespace");

    public ImmutableArray<Diagnostic> Diagnostics => _diagnostics.ToImmutable();

    public void Report(Diagnostic diagnostic)
    {
        _diagnostics.Add(diagnostic);
        Recollection.Note(diagnostic);
    }

    /// <summary>Reports a name that no file declares, unless that follows from something reported before.</summary>
    public void ReportUnknown<T>(FileScope file, NameTable<T> table, Spelled<string> name)
        where T : StatementSyntax
    {
        if (_hasUnreadParts || table.IsReported(name.Value))
        {
            return;
        }

        // A missing declaration is one mistake however often its name is used.
        table.DeclareReported(name.Value);
        var nearest = table.NearestTo(name.Value);
        var hint = nearest is null ? "" : $"; did you mean `{nearest}`?";
        var written = Wording.Quote(Wording.OneLine(name.Value));
        var diagnostic = typeof(T) == typeof(PortsSyntax)
            ? BindingDiagnostics.UnknownPorts.At(file.Source, name.Span, written, hint)
            : BindingDiagnostics.UnknownName.At(file.Source, name.Span, table.Kind, written, hint);
        Report(nearest is null ? diagnostic : diagnostic.WithFix(Names.Written(nearest)));
    }

    private void Declare(FileScope file)
    {
        DefaultNamespaceSyntax? defaultNamespace = null;
        foreach (var statement in file.Unit.Statements)
        {
            switch (statement)
            {
                case DefaultNamespaceSyntax syntax when defaultNamespace is not null:
                    file.Report(BindingDiagnostics.SaidTwice.At(file.Source, syntax.Span, "default namespace")
                        .With(file.Source, defaultNamespace.Span, "the first is here"));
                    break;
                case DefaultNamespaceSyntax syntax:
                    defaultNamespace = syntax;
                    _defaultNamespaces.TryAdd(file.Source.Path, syntax.Name.Value);
                    break;
                case GroupSyntax syntax:
                    Groups.Declare(file, syntax, syntax.Name);
                    break;
                case PortsSyntax syntax:
                    Ports.Declare(file, syntax, syntax.Name);
                    break;
                case PolicySyntax syntax:
                    Policies.Declare(file, syntax, syntax.Name);
                    break;
                case ServiceSyntax syntax:
                    Services.Declare(file, syntax, syntax.Name);
                    break;
                case QosSyntax syntax:
                    Qos.Declare(file, syntax, syntax.Name);
                    break;
                case NamespaceSyntax syntax:
                    Namespaces.Declare(file, syntax, syntax.Name);
                    break;
                case IncompleteSyntax syntax:
                    DeclareReported(syntax);
                    break;
                default:
                    break;
            }
        }
    }

    // Of a file in parts, one part says it for all.
    private void ShareDefaultNamespaces()
    {
        foreach (var file in Files)
        {
            file.DefaultNamespace = _defaultNamespaces.GetValueOrDefault(file.Source.Path, file.DefaultNamespace);
        }
    }

    private void DeclareReported(IncompleteSyntax syntax)
    {
        Action<string> declare = syntax.Kind.Value switch
        {
            "group" => Groups.DeclareReported,
            "ports" => Ports.DeclareReported,
            "policy" => Policies.DeclareReported,
            "service" => Services.DeclareReported,
            "qos" => Qos.DeclareReported,
            "namespace" => Namespaces.DeclareReported,
            _ => throw new UnreachableException(),
        };
        declare(syntax.Name.Value);
    }
}
