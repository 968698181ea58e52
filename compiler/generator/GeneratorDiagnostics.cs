using Microsoft.CodeAnalysis;

namespace Netpol.Generator;

/// <summary>What the generator has to say.</summary>
internal static class GeneratorDiagnostics
{
    public static readonly DiagnosticDescriptor UnreadableBundle = new(
        "NP9001", "A bundle cannot be read", "The bundle `{0}` gets no class: {1}; clean and build again with one version of netpol", "Netpol",
        DiagnosticSeverity.Error, isEnabledByDefault: true);
}
