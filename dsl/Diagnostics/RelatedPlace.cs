using Netpol.Text;

namespace Netpol.Diagnostics;

/// <summary>A second place that explains a diagnostic, such as the first of two declarations.</summary>
public sealed record RelatedPlace(SourceFile Source, TextSpan Span, string Message);
