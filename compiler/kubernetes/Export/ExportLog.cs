using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Text;

namespace Netpol.Kubernetes.Export;

/// <summary>The diagnostics of an export, at the places that made what they speak of.</summary>
internal sealed class ExportLog(ImmutableArray<SourceFile> sources)
{
    private readonly ImmutableArray<Diagnostic>.Builder _diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();

    public ImmutableArray<Diagnostic> Diagnostics => _diagnostics.ToImmutable();

    public void Report(DiagnosticDescriptor descriptor, Origin origin, params object[] arguments)
    {
        var source = sources.FirstOrDefault(file => file.Path == origin.File);
        _diagnostics.Add(source is null
            ? descriptor.Nowhere(arguments)
            : descriptor.At(source, new TextSpan(source.OffsetOf(origin.Line, origin.Column), origin.Text.Length), arguments));
    }

    /// <summary>The same of what has no place of its own.</summary>
    public void RefuseAll(string what, string kind, string reason) =>
        _diagnostics.Add(ExportDiagnostics.CannotBeSaid.Nowhere(what, kind, reason));

    /// <summary>An error: what stands there cannot be said, and leaving it out would change what is allowed.</summary>
    public void Refuse(Origin origin, string what, string kind, string reason) =>
        Report(ExportDiagnostics.CannotBeSaid, origin, what, kind, reason);
}
