namespace Netpol.Tests.Support;

/// <summary>Where the sources of this repository are, found from the test's binaries upwards.</summary>
public static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    private static string Find(string? folder) =>
        folder is null ? throw new InvalidOperationException("the tests do not run below the folder of Dsl.sln")
        : File.Exists(Path.Combine(folder, "Dsl.sln")) ? folder
        : Find(Path.GetDirectoryName(folder));
}
