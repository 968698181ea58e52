using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Binding;

/// <summary>
/// The syntax of all files of a build to one model. Names are seen in all files whatever their order; what this version
/// cannot do is refused, never left out in silence. With errors the model is incomplete and only good for more checks.
/// </summary>
public static class Binder
{
    public static (NetworkModel Model, ImmutableArray<Diagnostic> Diagnostics) Bind(ImmutableArray<CompilationUnitSyntax> units)
    {
        var (model, diagnostics, _) = Bind([.. units.Select(SourcePart.Whole)], BoundDeclarations.None);
        return (model, diagnostics);
    }

    /// <summary>Binds files in parts, those of a file in the order of its text.</summary>
    /// <param name="earlier">What an earlier binding made, of which the same is taken again; the result is what binding all of it makes.</param>
    public static (NetworkModel Model, ImmutableArray<Diagnostic> Diagnostics, BoundDeclarations Bound) Bind(
        ImmutableArray<SourcePart> parts, BoundDeclarations earlier)
    {
        var build = new BuildScope([.. parts.OrderBy(part => part.File.Path, StringComparer.Ordinal)], earlier);
        var groups = new GroupBinder(build);
        var ports = new PortBinder(build);
        var policies = new PolicyBinder(groups.Sets, ports);
        var services = new ServiceBinder(groups.Sets);
        var tests = new TestBinder(groups.Sets, ports);
        var qos = new QosBinder(groups.Sets);

        var recollection = build.Recollection;
        recollection.MeaningOf = (file, used) => used.Kind switch
        {
            NameKind.Group => groups.MeaningOf(file, used.Name),
            NameKind.Ports => ports.MeaningOf(used.Name),
            NameKind.Service => build.Services.Find(used.Name) is null ? null : used.Meaning,
            _ => throw new UnreachableException(),
        };

        ports.BindAll();
        var cluster = ClusterBinder.Bind(build);
        ImmutableArray<NamespaceDeclaration> namespaces = [.. build.Namespaces.Declarations.Select(LabelBinder.Bind)];
        var bound = groups.BindAll();
        recollection.KnowNames(
        [
            .. bound.Select(group => new UsedName(NameKind.Group, group.Name, group.Set)),
            .. build.Ports.Declarations.Select(declared => new UsedName(NameKind.Ports, declared.Name.Value, ports.MeaningOf(declared.Name.Value))),
            .. build.Services.Declarations.Select(declared => new UsedName(NameKind.Service, declared.Name.Value, null)),
        ]);
        var model = new NetworkModel(
            cluster,
            namespaces,
            bound,
            [.. build.Policies.Declarations.Select(declared =>
                recollection.Bind(declared.File, declared.Syntax, () => policies.Bind(declared), Moving.Moved)).OfType<Policy>()],
            [.. build.Services.Declarations.Select(services.Bind)],
            [.. All<ObserveSyntax>(build).SelectMany(found => Observe(found.File, found.Syntax, groups.Sets))],
            [.. All<TestSyntax>(build).Select(found => tests.Bind(found.File, found.Syntax))])
        {
            Scale = ScaleBinder.Bind(build),
            Qos = [.. build.Qos.Declarations.Select(qos.Bind)],
            Assertions = [.. All<AssertSyntax>(build).Select(found => tests.Bind(found.File, found.Syntax))],
            Assumptions = [.. All<AssumeSyntax>(build).Select(found => tests.Bind(found.File, found.Syntax))],
        };
        CheckTogether(build, model);

        return (model, Sorted(Placed(build.Diagnostics, parts)), recollection.Now);
    }

    private static IEnumerable<(FileScope File, T Syntax)> All<T>(BuildScope build)
        where T : StatementSyntax =>
        build.Files.SelectMany(file => file.Unit.Statements.OfType<T>().Select(syntax => (file, syntax)));

    /// <summary>What depends on more than one declaration.</summary>
    private static void CheckTogether(BuildScope build, NetworkModel model)
    {
        var policies = build.Policies.Declarations.Zip(model.Policies).ToList();
        TierBinder.ReportTies(policies, model.Namespaces);
        QosBinder.ReportConflicts(build.Qos.Declarations.Zip(model.Qos), model.Namespaces);
        foreach (var (declared, policy) in policies)
        {
            NodeAccess.WarnWhereShut(declared, policy, model.Cluster);
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

    // From spans in parts to spans in files.
    private static ImmutableArray<Diagnostic> Placed(ImmutableArray<Diagnostic> diagnostics, ImmutableArray<SourcePart> parts)
    {
        if (diagnostics.IsEmpty || parts.All(part => part.File == part.Unit.Source))
        {
            return diagnostics;
        }

        var places = parts.ToDictionary(part => part.Unit.Source);
        return [.. diagnostics.Select(diagnostic => Moved(Moved(diagnostic, diagnostic.Source), diagnostic.Related?.Source))];

        Diagnostic Moved(Diagnostic diagnostic, SourceFile? from) =>
            from is not null && places.TryGetValue(from, out var part) ? diagnostic.Moved(from, part.File, part.Start) : diagnostic;
    }

    private static ImmutableArray<Diagnostic> Sorted(ImmutableArray<Diagnostic> diagnostics) =>
        [.. diagnostics
            .OrderBy(diagnostic => diagnostic.Source?.Path, StringComparer.Ordinal)
            .ThenBy(diagnostic => diagnostic.Span.Start)
            .ThenBy(diagnostic => diagnostic.Id, StringComparer.Ordinal)];
}
