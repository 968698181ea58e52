using Netpol.Syntax;

namespace Netpol.Lsp.Features;

/// <summary>What a <c>ports</c> declaration comes to, as it is written, with those in it spread out.</summary>
internal static class PortsWords
{
    private const int Deepest = 16;

    public static string Of(Question question, string name) => string.Join(", ", Spread(question, name, 0).Distinct());

    private static IEnumerable<string> Spread(Question question, string name, int depth)
    {
        foreach (var part in question.Build.Files.SelectMany(file => file.Parsed.Parts))
        {
            foreach (var declared in part.Unit.Statements.OfType<PortsSyntax>().Where(ports => ports.Name.Value == name))
            {
                return declared.Ports.SelectMany(port => port is PortSyntax.Reference reference && depth < Deepest
                    ? Spread(question, reference.Name.Value, depth + 1)
                    : [part.Unit.Source.TextOf(port.Span)]);
            }
        }

        return [];
    }
}
