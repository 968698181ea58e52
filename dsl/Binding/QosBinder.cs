using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary><c>qos</c> declarations, and what two of them may not say of one endpoint.</summary>
internal sealed class QosBinder(SetBinder sets)
{
    private const decimal LowestRate = 1_000;
    private const decimal HighestRate = 1_000_000_000_000;
    private const decimal LargestBurst = 1L << 40;

    public Qos Bind(Declared<QosSyntax> declared)
    {
        var (file, syntax) = (declared.File, declared.Syntax);
        var qos = new Qos(
            syntax.Name.Value, sets.BindEndpoints(file, syntax.For, ""), null, null, null, file.OriginOf(syntax), syntax.Documentation);
        var said = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in syntax.Lines)
        {
            var word = line switch
            {
                QosLineSyntax.Rate { Direction.Value: DirectionSyntax.Egress } => "egress",
                QosLineSyntax.Rate => "ingress",
                QosLineSyntax.Priority => "priority",
                _ => throw new UnreachableException(),
            };
            if (!said.Add(word))
            {
                file.Report(BindingDiagnostics.SaidTwice, line.Span, word);
                continue;
            }

            qos = line switch
            {
                QosLineSyntax.Rate rate when word == "egress" => qos with { Egress = RateOf(file, rate) },
                QosLineSyntax.Rate rate => qos with { Ingress = RateOf(file, rate) },
                QosLineSyntax.Priority priority => qos with { Priority = PriorityOf(priority.Name.Value) },
                _ => throw new UnreachableException(),
            };
        }

        return qos;
    }

    /// <summary>Of two rates the lower counts; of two priorities none does.</summary>
    public static void ReportConflicts(IEnumerable<(Declared<QosSyntax> Declared, Qos Qos)> all, ImmutableArray<NamespaceDeclaration> namespaces)
    {
        var known = all.Where(pair => pair.Qos.Priority is not null).ToList();
        for (var second = 1; second < known.Count; second++)
        {
            var (declared, qos) = known[second];
            var other = known.Take(second).FirstOrDefault(first =>
                first.Qos.Priority != qos.Priority && EndpointOverlap.IsPossible([first.Qos.For, qos.For], namespaces));
            if (other.Qos is not null)
            {
                declared.File.Report(MeaningDiagnostics.DifferentPriorities
                    .At(declared.File.Source, declared.Name.Span, other.Qos.Name, qos.Name)
                    .With(other.Declared.File.Source, other.Declared.Name.Span, "the other is here"));
            }
        }
    }

    private static QosRate? RateOf(FileScope file, QosLineSyntax.Rate line)
    {
        var bits = line.Limit.Number * line.Limit.Unit switch
        {
            "bit/s" => 1m,
            "kbit/s" or "Kbit/s" => 1_000m,
            "Mbit/s" => 1_000_000m,
            "Gbit/s" => 1_000_000_000m,
            "Tbit/s" => 1_000_000_000_000m,
            _ => throw new UnreachableException(line.Limit.Unit),
        };
        if (bits is < LowestRate or > HighestRate)
        {
            file.Report(BindingDiagnostics.RateOutOfRange, line.Limit.Span, file.Source.TextOf(line.Limit.Span), "1kbit/s", "1Tbit/s");
            return null;
        }

        var burst = line.Burst is null ? null : BytesOf(file, line.Burst);
        return line.Burst is not null && burst is null ? null : new QosRate((long)bits, burst, file.OriginOf(line));
    }

    private static long? BytesOf(FileScope file, QuantitySyntax size)
    {
        var bytes = size.Number * size.Unit switch
        {
            "B" => 1m,
            "kB" or "KB" => 1_000m,
            "MB" => 1_000_000m,
            "GB" => 1_000_000_000m,
            "KiB" => 1024m,
            "MiB" => 1024m * 1024,
            "GiB" => 1024m * 1024 * 1024,
            _ => throw new UnreachableException(size.Unit),
        };
        if (bytes is >= 1 and <= LargestBurst)
        {
            return (long)bytes;
        }

        file.Report(BindingDiagnostics.RateOutOfRange, size.Span, file.Source.TextOf(size.Span), "1B", "1024GiB");
        return null;
    }

    private static QosPriority PriorityOf(string word) => word switch
    {
        "guaranteed" => QosPriority.Guaranteed,
        "burstable" => QosPriority.Burstable,
        "best-effort" => QosPriority.BestEffort,
        _ => throw new UnreachableException(),
    };
}
