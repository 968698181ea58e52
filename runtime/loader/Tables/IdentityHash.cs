namespace Netpol.Loader.Tables;

/// <summary>
/// A number of 64 bits for an identity, the same on every node and in every build: FNV-1a, finished as SplitMix64 is. Not for what somebody may
/// choose in order to meet another.
/// </summary>
internal static class IdentityHash
{
    internal static ulong Of(ReadOnlySpan<byte> identity, ulong seed)
    {
        unchecked
        {
            var hash = 0xcbf2_9ce4_8422_2325UL ^ seed;
            foreach (var part in identity)
            {
                hash = (hash ^ part) * 0x0000_0100_0000_01b3UL;
            }

            hash = (hash ^ (hash >> 30)) * 0xbf58_476d_1ce4_e5b9UL;
            hash = (hash ^ (hash >> 27)) * 0x94d0_49bb_1331_11ebUL;
            return hash ^ (hash >> 31);
        }
    }
}
