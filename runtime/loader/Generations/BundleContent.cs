using Netpol.Bundle;
using Netpol.Bundle.Verdicts;

namespace Netpol.Loader.Generations;

/// <summary>A bundle in memory.</summary>
/// <param name="Terms">Content of <see cref="VerdictTerms.FileName"/>; empty where verdicts are code.</param>
internal sealed record BundleContent(Manifest Manifest, byte[] Object, byte[] Terms);
