using System.Collections.Immutable;
using Netpol.Semantics;

namespace Netpol.Tests.Support.Kubernetes;

/// <summary>The expected cells of one port: a row for each source, a column for each destination, <c>.</c> is allowed.</summary>
public sealed record CyclonusProbe(
    Traffic Traffic, ImmutableArray<string> Ingress, ImmutableArray<string> Egress, ImmutableArray<string> Combined);
