using System.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>The one <c>scale</c> statement of a build.</summary>
internal static class ScaleBinder
{
    private const int MostEndpoints = 1_000_000;

    // The kernel's LRU lists work in batches per processor; below this a map evicts what is in use (bpf_lru_list.c).
    private const int FewestConnections = 1024;
    private const int MostConnections = 10_000_000;
    private const int MostEvents = 1_000_000;

    public static Scale Bind(BuildScope build)
    {
        var all = build.Files.SelectMany(file => file.Unit.Statements.OfType<ScaleSyntax>().Select(syntax => (File: file, Syntax: syntax))).ToList();
        foreach (var (file, syntax) in all.Skip(1))
        {
            file.Report(BindingDiagnostics.SaidTwice.At(file.Source, syntax.Span, "scale")
                .With(all[0].File.Source, all[0].Syntax.Span, "the first is here"));
        }

        return all.Count == 0 ? Scale.Default : Bind(all[0].File, all[0].Syntax);
    }

    private static Scale Bind(FileScope file, ScaleSyntax syntax)
    {
        var scale = Scale.Default;
        var lines = new Dictionary<string, ScaleLineSyntax>(StringComparer.Ordinal);
        foreach (var line in syntax.Lines)
        {
            var kind = line.Kind.Value;
            if (!lines.TryAdd(kind, line))
            {
                file.Report(BindingDiagnostics.SaidTwice.At(file.Source, line.Span, kind)
                    .With(file.Source, lines[kind].Span, "the first is here"));
                continue;
            }

            scale = kind switch
            {
                "endpoints" => scale with { Endpoints = Bounded(file, line, 1, MostEndpoints, scale.Endpoints) },
                "connections" => scale with { Connections = Bounded(file, line, FewestConnections, MostConnections, scale.Connections) },
                "events" => scale with { EventsPerSecond = Bounded(file, line, 1, MostEvents, scale.EventsPerSecond) },
                _ => throw new UnreachableException(),
            };
        }

        return scale;
    }

    private static int Bounded(FileScope file, ScaleLineSyntax line, int fewest, int most, int otherwise)
    {
        var number = Math.Ceiling(line.Quantity.Number / SecondsOf(line.Quantity.Unit));
        if (number >= fewest && number <= most)
        {
            return (int)number;
        }

        file.Report(
            BindingDiagnostics.ScaleOutOfRange, line.Quantity.Span, file.Source.TextOf(line.Quantity.Span), line.Kind.Value,
            fewest, most, line.Kind.Value == "events" ? "/s" : "");
        return otherwise;
    }

    public static int SecondsOf(string unit) => unit switch
    {
        "" or "/s" => 1,
        "/m" => 60,
        "/h" => 3600,
        _ => throw new UnreachableException(),
    };
}
