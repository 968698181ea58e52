using Netpol.Text;

namespace Netpol.Diagnostics;

/// <summary>One problem as a value: what, where, and where it helps a second place and a fix.</summary>
/// <param name="Source">Null where the problem is in no source.</param>
public sealed record Diagnostic(DiagnosticDescriptor Descriptor, SourceFile? Source, TextSpan Span, string Message)
{
    public string Id => Descriptor.Id;

    public Severity Severity => Descriptor.Severity;

    public bool IsError => Severity == Severity.Error;

    public string Help => Descriptor.Help;

    public RelatedPlace? Related { get; init; }

    public SuggestedFix? Fix { get; init; }

    public Diagnostic With(SourceFile source, TextSpan span, string message) =>
        this with { Related = new RelatedPlace(source, span, message) };

    /// <summary>Suggests to replace the diagnostic's own span.</summary>
    public Diagnostic WithFix(string replacement) => this with { Fix = new SuggestedFix(Span, replacement) };

    /// <summary>The same problem in a text that holds <paramref name="from"/> from an offset on: its places there are moved.</summary>
    public Diagnostic Moved(SourceFile from, SourceFile to, int offset)
    {
        var moved = ReferenceEquals(Source, from)
            ? this with { Source = to, Span = By(Span), Fix = Fix is { } fix ? fix with { Span = By(fix.Span) } : null }
            : this;
        return Related is { } related && ReferenceEquals(related.Source, from) ? moved.With(to, By(related.Span), related.Message) : moved;

        TextSpan By(TextSpan span) => span with { Start = span.Start + offset };
    }

    /// <summary>The msbuild line without colours: `file(line,col): error NP1001: …`.</summary>
    public override string ToString() => MsBuildRenderer.Line(this);
}
