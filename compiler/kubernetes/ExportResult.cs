using System.Collections.Immutable;
using Netpol.Diagnostics;

namespace Netpol.Kubernetes;

/// <summary>What an export gave: YAML of several objects and what there is to say about it.</summary>
/// <param name="Text">Complete only without errors; with one it must not be used, because a rule may be missing from it.</param>
public sealed record ExportResult(string Text, ExportCounts Counts, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.Any(diagnostic => diagnostic.IsError);
}

public sealed record ExportCounts(int NetworkPolicies, int ClusterNetworkPolicies, int Services, int Namespaces);
