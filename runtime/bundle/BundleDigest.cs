using System.Text.Json;

namespace Netpol.Bundle;

/// <summary>The digest that names a bundle: whoever writes a manifest and whoever reads it compute it here.</summary>
public static class BundleDigest
{
    /// <summary>SHA-256 in lower-case hex over the object file and the manifest whose <see cref="Manifest.Digest"/> is empty.</summary>
    public static string Compute(Manifest manifest, ReadOnlySpan<byte> objectFile) =>
        Compute(JsonSerializer.SerializeToUtf8Bytes(manifest with { Digest = "" }, ManifestJson.Default.Manifest), objectFile);

    /// <summary>The manifest with its digests.</summary>
    /// <param name="terms">Content of <c>verdicts.bin</c>; empty where verdicts are code.</param>
    public static Manifest Seal(Manifest manifest, ReadOnlySpan<byte> terms, ReadOnlySpan<byte> objectFile)
    {
        manifest = manifest.Verdicts.AreTables ? manifest with { Verdicts = manifest.Verdicts with { Digest = ContentDigest.Of(terms) } } : manifest;
        return manifest with { Digest = Compute(manifest, objectFile) };
    }

    /// <param name="bare">The text of the manifest whose <see cref="Manifest.Digest"/> is empty.</param>
    public static string Compute(ReadOnlySpan<byte> bare, ReadOnlySpan<byte> objectFile) => ContentDigest.Of(objectFile, bare);
}
