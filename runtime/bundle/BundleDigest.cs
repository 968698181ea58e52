using System.Text;
using System.Text.Json;

namespace Netpol.Bundle;

/// <summary>The digest that names a bundle: whoever writes a manifest and whoever reads it compute it here.</summary>
public static class BundleDigest
{
    /// <summary>SHA-256 in lower-case hex over the object file and the manifest whose <see cref="Manifest.Digest"/> is empty.</summary>
    public static string Compute(Manifest manifest, ReadOnlySpan<byte> objectFile) =>
        Compute(JsonSerializer.SerializeToUtf8Bytes(manifest with { Digest = "" }, ManifestJson.Default.Manifest), objectFile);

    /// <summary>Whether the manifest's digest is that of its own content and the object.</summary>
    /// <param name="text">From which the manifest was read.</param>
    public static bool IsRight(Manifest manifest, ReadOnlySpan<byte> text, ReadOnlySpan<byte> objectFile)
    {
        // As it was written, it is the text without the digest and the last line's end, and need not be made once more.
        var digest = Encoding.UTF8.GetBytes(manifest.Digest);
        text = text.TrimEnd((byte)'\n');
        var at = digest.Length == ContentDigest.Length ? text.IndexOf(digest) : -1;
        return (at >= 0 && Compute([.. text[..at], .. text[(at + digest.Length)..]], objectFile) == manifest.Digest)
            || Compute(manifest, objectFile) == manifest.Digest;
    }

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
