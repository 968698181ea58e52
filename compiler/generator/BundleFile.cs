namespace Netpol.Generator;

/// <summary>A file of a bundle's folder, as the build hands it to the compiler.</summary>
/// <param name="Bundle">The bundle's name.</param>
/// <param name="Name">Without its folder.</param>
internal sealed record BundleFile(string Bundle, string Name, string Text)
{
    public const string Manifest = "manifest.json";

    public const string Types = "types.json";
}
