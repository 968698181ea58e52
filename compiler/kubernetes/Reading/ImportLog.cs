using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Text;

namespace Netpol.Kubernetes.Reading;

/// <summary>The diagnostics of one file as they are found.</summary>
internal sealed class ImportLog(SourceFile source)
{
    private readonly ImmutableArray<Diagnostic>.Builder _diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();

    public SourceFile Source { get; } = source;

    public ImmutableArray<Diagnostic> Diagnostics => _diagnostics.ToImmutable();

    public void Report(DiagnosticDescriptor descriptor, TextSpan span, params object[] arguments) =>
        _diagnostics.Add(descriptor.At(Source, span, arguments));
}
