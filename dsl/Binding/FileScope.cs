using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Binding;

/// <summary>What holds for one file, or a part of it: its source, its default namespace, and where its diagnostics go.</summary>
internal sealed class FileScope(BuildScope build, SourcePart part)
{
    private const int LongestOriginText = 200;

    public BuildScope Build => build;

    public CompilationUnitSyntax Unit => part.Unit;

    /// <summary>What spans are of: the text of the part.</summary>
    public SourceFile Source => part.Unit.Source;

    /// <summary>Lines of the file before the part.</summary>
    public int Line => part.Line;

    public string DefaultNamespace { get; set; } = "default";

    public void Report(Diagnostic diagnostic) => build.Report(diagnostic);

    /// <summary>Is there such a service?</summary>
    public bool HasService(string name)
    {
        var declared = build.Services.Find(name);
        build.Recollection.Note(NameKind.Service, name, declared is null ? null : build.Services.Kind);
        return declared is not null;
    }

    public void Report(DiagnosticDescriptor descriptor, TextSpan span, params object[] arguments) =>
        build.Report(descriptor.At(Source, span, arguments));

    /// <summary>Refuses a feature; <paramref name="feature"/> ends with its verb, as in "tiers are".</summary>
    public void Refuse(TextSpan span, string feature) => Report(SupportDiagnostics.NotSupported, span, feature);

    /// <summary>The place of a statement, with the part of it that stands on its first line.</summary>
    public Origin OriginOf(SyntaxNode node)
    {
        var start = node.Span.Start;
        var position = Source.PositionOf(start);
        var end = Math.Min(Math.Min(Source.LineSpan(position.Line).End, Math.Max(node.Span.End, start)), start + LongestOriginText);
        return new Origin(Source.Path, part.Line + position.Line, position.Column, Source.TextOf(TextSpan.FromBounds(start, end)).TrimEnd());
    }
}
