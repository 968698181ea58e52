using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>
/// The syntax of all files of a build to one model. Names are seen in all files whatever their order; what this version
/// cannot do is refused, never left out in silence. With errors the model is incomplete and only good for more checks.
/// </summary>
public static class Binder
{
    public static (NetworkModel Model, ImmutableArray<Diagnostic> Diagnostics) Bind(ImmutableArray<CompilationUnitSyntax> units)
    {
        var build = new BuildScope([.. units.OrderBy(unit => unit.Source.Path, StringComparer.Ordinal)]);
        var groups = new GroupBinder(build);
        var ports = new PortBinder(build);
        var policies = new PolicyBinder(groups.Sets, ports);
        var services = new ServiceBinder(groups.Sets);
        var tests = new TestBinder(groups.Sets, ports);

        ports.BindAll();
        RefuseStatements(build);
        var model = new NetworkModel(
            ClusterBinder.Bind(build),
            [.. build.Namespaces.Declarations.Select(LabelBinder.Bind)],
            groups.BindAll(),
            [.. build.Policies.Declarations.Select(policies.Bind)],
            [.. build.Services.Declarations.Select(services.Bind)],
            [.. All<ObserveSyntax>(build).SelectMany(found => Observe(found.File, found.Syntax, groups.Sets))],
            [.. All<TestSyntax>(build).Select(found => tests.Bind(found.File, found.Syntax))])
        {
            Scale = ScaleBinder.Bind(build),
        };

        return (model, Sorted(build.Diagnostics));
    }

    private static IEnumerable<(FileScope File, T Syntax)> All<T>(BuildScope build)
        where T : StatementSyntax =>
        build.Files.SelectMany(file => file.Unit.Statements.OfType<T>().Select(syntax => (file, syntax)));

    private static void RefuseStatements(BuildScope build)
    {
        foreach (var (file, statement) in All<StatementSyntax>(build))
        {
            var feature = statement switch
            {
                QosSyntax => "`qos` is",
                AssertSyntax => "`assert` is",
                AssumeSyntax => "`assume` is",
                _ => null,
            };
            if (feature is not null)
            {
                file.Refuse(statement.Span, feature);
            }
        }
    }

    private static IEnumerable<Observation> Observe(FileScope file, ObserveSyntax syntax, SetBinder sets)
    {
        if (syntax.Lines.IsEmpty)
        {
            yield return new Observation.Nothing(file.OriginOf(syntax));
        }

        foreach (var line in syntax.Lines)
        {
            if (line is not ObserveLineSyntax.Flows flows)
            {
                yield return new Observation.Drops(file.OriginOf(line));
                continue;
            }

            if (flows.OneIn is { Value: 0 } zero)
            {
                file.Report(BindingDiagnostics.NothingSampled, zero.Span);
                continue;
            }

            yield return new Observation.Flows(
                checked((uint)(flows.OneIn?.Value ?? 1)), flows.For is null ? null : sets.BindEndpoints(file, flows.For, ""), file.OriginOf(line));
        }
    }

    private static ImmutableArray<Diagnostic> Sorted(ImmutableArray<Diagnostic> diagnostics) =>
        [.. diagnostics
            .OrderBy(diagnostic => diagnostic.Source?.Path, StringComparer.Ordinal)
            .ThenBy(diagnostic => diagnostic.Span.Start)
            .ThenBy(diagnostic => diagnostic.Id, StringComparer.Ordinal)];
}
