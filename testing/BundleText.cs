namespace Netpol.Testing;

/// <summary>A bundle as text, for snapshots.</summary>
public static class BundleText
{
    private const string ListingName = "listing.txt";
    private const string FirstOfSizes = "\nmaps (";

    /// <summary>Policies, rules, sets, classes and services: what changes when somebody changes a source, and else never.</summary>
    public static string Decisions(string folder)
    {
        var listing = Listing(folder);
        var end = listing.IndexOf(FirstOfSizes, StringComparison.Ordinal);
        return end < 0 ? listing : listing[..end];
    }

    /// <summary>The same with every map, program and bound; these change with the version of netpol too.</summary>
    /// <exception cref="PolicyTestException">The folder has no bundle.</exception>
    public static string Listing(string folder)
    {
        var file = Path.Combine(folder, ListingName);
        return File.Exists(file) ? File.ReadAllText(file) : throw new PolicyTestException($"`{folder}` is no bundle's folder: it has no `{ListingName}`");
    }
}
