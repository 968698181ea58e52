using System.Collections.Immutable;
using Netpol.Diagnostics;

namespace Netpol.Binding;

/// <summary>What the language has and this version cannot do.</summary>
public static class SupportDiagnostics
{
    public static readonly DiagnosticDescriptor NotSupported = new(
        "NP4001", Severity.Error, "{0} not supported yet",
        "Remove it; docs/language.md lists what is supported.");

    public static ImmutableArray<DiagnosticDescriptor> All { get; } = [NotSupported];
}
