namespace Netpol.Tests.EndToEnd.Rig;

/// <summary>What <c>./build.sh build</c> leaves: the tests run the published programs, not their assemblies.</summary>
internal static class Product
{
    public static string Plugin { get; } = Find("netpol-cni");

    public static string Cli { get; } = Find("netpol");

    public static string Root
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (folder is not null && !File.Exists(Path.Combine(folder, "Dsl.sln")))
            {
                folder = Path.GetDirectoryName(folder);
            }

            return folder ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the repository");
        }
    }

    private static string Find(string program)
    {
        var path = Path.Combine(Root, "bin", program);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing: run ./build.sh build first");
    }
}
