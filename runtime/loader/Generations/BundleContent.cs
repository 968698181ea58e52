using Netpol.Bundle;
using Netpol.Bundle.Verdicts;

namespace Netpol.Loader.Generations;

/// <summary>A bundle in memory.</summary>
/// <param name="Terms">Content of <see cref="VerdictTerms.FileName"/>; empty where verdicts are code.</param>
internal sealed record BundleContent(Manifest Manifest, byte[] Object, byte[] Terms)
{
    /// <summary>Content of <see cref="Certificate.FileName"/>; empty: it came without. Nothing but a look at the node's capacity asks for it.</summary>
    public byte[] Certificate { get; init; } = [];
}
