using System.Collections.Immutable;
using Netpol.Diagnostics;

namespace Netpol.Kubernetes;

/// <summary>What an import gave: a file's text and what there is to say about it.</summary>
/// <param name="Text">Complete only without errors; with one it must not be used, because a policy may be missing from it.</param>
public sealed record ImportResult(string Text, ImportCounts Counts, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.Any(diagnostic => diagnostic.IsError);
}

public sealed record ImportCounts(int Policies, int Services, int Namespaces, int Groups);
