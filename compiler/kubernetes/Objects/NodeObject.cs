using System.Collections.Immutable;

namespace Netpol.Kubernetes.Objects;

/// <summary>A v1 Node.</summary>
/// <param name="Addresses">Those of <c>status.addresses</c> that are IP addresses.</param>
internal sealed record NodeObject(ObjectMetadata Metadata, ImmutableArray<string> Addresses);
