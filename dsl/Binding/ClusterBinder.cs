using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>The one <c>cluster</c> declaration of a build.</summary>
internal static class ClusterBinder
{
    public static Cluster Bind(BuildScope build)
    {
        var all = build.Files.SelectMany(file => file.Unit.Statements.OfType<ClusterSyntax>().Select(syntax => (File: file, Syntax: syntax))).ToList();
        foreach (var (file, syntax) in all.Skip(1))
        {
            file.Report(BindingDiagnostics.SaidTwice.At(file.Source, syntax.Span, "cluster")
                .With(all[0].File.Source, all[0].Syntax.Span, "the first is here"));
        }

        return all.Count == 0 ? Cluster.Undeclared : Bind(all[0].File, all[0].Syntax);
    }

    private static Cluster Bind(FileScope file, ClusterSyntax syntax)
    {
        var ranges = new List<ClusterRange>();
        foreach (var line in syntax.Lines.OfType<ClusterLineSyntax.Ranges>())
        {
            foreach (var written in line.Prefixes)
            {
                if (PrefixBinder.Bind(file, written) is { } prefix)
                {
                    ranges.Add(new ClusterRange(line.Kind.Value, prefix, written));
                }
            }
        }

        foreach (var (later, earlier) in ClusterRange.Overlaps(ranges))
        {
            file.Report(MeaningDiagnostics.OverlappingRanges, later.Written.Span, later.Written.Value, earlier.Prefix, earlier.Kind);
        }

        var families = syntax.Lines.OfType<ClusterLineSyntax.Families>().ToList();
        foreach (var repeated in families.Skip(1))
        {
            file.Report(BindingDiagnostics.SaidTwice, repeated.Span, "families");
        }

        return new Cluster(Of("pods"), Of("nodes"), Of("services"), Has("ipv4"), Has("ipv6"));

        ImmutableArray<Prefix> Of(string kind) => [.. ranges.Where(range => range.Kind == kind).Select(range => range.Prefix)];

        bool Has(string family) => families.Count == 0 || families[0].Names.Any(name => name.Value == family);
    }
}
