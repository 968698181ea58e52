using Netpol.Text;

namespace Netpol.Diagnostics;

/// <summary>A replacement of a span of the diagnostic's own source that mends the mistake.</summary>
public sealed record SuggestedFix(TextSpan Span, string Replacement);
