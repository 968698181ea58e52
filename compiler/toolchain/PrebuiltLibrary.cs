using System.IO.Compression;
using Netpol.Bundle;

namespace Netpol.Toolchain;

/// <summary>The datapath library as objects, one for each combination of features, which this assembly carries: <c>library.sh</c>.</summary>
internal static class PrebuiltLibrary
{
    /// <param name="areTables">Verdicts come from tables; else functions take the place of the object's.</param>
    public static byte[] Read(FeatureSet features, bool areTables)
    {
        var families = features switch
        {
            { Ipv4: true, Ipv6: true } => "ipv4-ipv6",
            { Ipv4: true } => "ipv4",
            _ => "ipv6",
        };
        var verdicts = areTables ? "tables" : features.PortNames ? "names" : "code";
        var name = $"library/{families}-{(features.Services ? 1 : 0)}-{verdicts}{(features.Tiers ? "-tiers" : "")}.o.gz";
        using var packed = typeof(PrebuiltLibrary).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"there is no {name} in this program");
        using GZipStream unpacked = new(packed, CompressionMode.Decompress);
        using MemoryStream bytes = new();
        unpacked.CopyTo(bytes);
        return bytes.ToArray();
    }
}
