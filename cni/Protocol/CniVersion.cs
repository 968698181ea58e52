using System.Collections.Immutable;

namespace Netpol.Cni.Protocol;

/// <summary>The versions of the specification that this plugin speaks.</summary>
internal static class CniVersion
{
    public const string Latest = "1.1.0";

    public static readonly ImmutableArray<string> Supported = ["1.0.0", Latest];

    /// <summary>A configuration without <c>cniVersion</c> is of version 0.1.0 (specification, section 1).</summary>
    public const string WhenMissing = "0.1.0";

    public static void Require(string version)
    {
        if (!Supported.Contains(version))
        {
            throw new CniException(
                CniErrorCode.IncompatibleVersion,
                $"cniVersion `{version}` is not supported",
                $"set `cniVersion` to one of {string.Join(", ", Supported)}");
        }
    }
}
