using Org.BouncyCastle.Crypto.Digests;

namespace Netpol.Bundle;

/// <summary>
/// SHA-256 (FIPS 180-4) in managed code. The framework's asks OpenSSL, which a node need not have: a process that does not find it is aborted,
/// and a static executable does not survive finding it.
/// </summary>
public static class ContentDigest
{
    /// <summary>In characters.</summary>
    public const int Length = 2 * Bytes;

    private const int Bytes = 32;

    /// <summary>Of one content after the other, in lower-case hex.</summary>
    public static string Of(ReadOnlySpan<byte> content, ReadOnlySpan<byte> more = default)
    {
        Sha256Digest digest = new();
        digest.BlockUpdate(content);
        digest.BlockUpdate(more);
        Span<byte> result = stackalloc byte[Bytes];
        digest.DoFinal(result);
        return Convert.ToHexStringLower(result);
    }
}
