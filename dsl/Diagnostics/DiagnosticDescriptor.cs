using System.Globalization;
using Netpol.Text;

namespace Netpol.Diagnostics;

/// <summary>What is always the same about one kind of diagnostic.</summary>
/// <param name="Id"><c>NP</c> and four digits; never changed, never given again.</param>
/// <param name="Format">One lower-case sentence without a full stop; what the author wrote stands in backticks.</param>
/// <param name="Help">What to do about it.</param>
public sealed record DiagnosticDescriptor(string Id, Severity Severity, string Format, string Help)
{
    public Diagnostic At(SourceFile source, TextSpan span, params object[] arguments) =>
        new(this, source, span, Message(arguments));

    /// <summary>A diagnostic about no place in a source, such as a file that cannot be read.</summary>
    public Diagnostic Nowhere(params object[] arguments) => new(this, null, default, Message(arguments));

    private string Message(object[] arguments) => string.Format(CultureInfo.InvariantCulture, Format, arguments);
}
