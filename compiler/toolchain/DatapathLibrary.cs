using System.Diagnostics;

namespace Netpol.Toolchain;

/// <summary>The C headers of <c>compiler/datapath</c>, which this assembly carries.</summary>
internal static class DatapathLibrary
{
    private const string Prefix = "datapath/";

    /// <summary>Writes all headers into a folder.</summary>
    public static void WriteTo(string folder)
    {
        Directory.CreateDirectory(folder);
        var assembly = typeof(DatapathLibrary).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var header = assembly.GetManifestResourceStream(name) ?? throw new UnreachableException();
            using var file = File.Create(Path.Combine(folder, name[Prefix.Length..]));
            header.CopyTo(file);
        }
    }
}
