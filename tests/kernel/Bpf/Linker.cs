using Netpol.Tests.Support;
using Netpol.Toolchain;

namespace Netpol.Tests.Kernel.Bpf;

/// <summary>The product's linker on bytes.</summary>
internal static class Linker
{
    /// <summary>Links the objects in order; a strong function takes the place of weak ones.</summary>
    public static byte[] Link(params byte[][] objects)
    {
        using TemporaryFolder folder = new();
        string[] files = [.. objects.Select((_, index) => folder.Of($"{index}.o"))];
        foreach (var (file, content) in files.Zip(objects))
        {
            File.WriteAllBytes(file, content);
        }

        var linked = folder.Of("linked.o");
        Assert.Null(ObjectLinker.Link(linked, files));
        return File.ReadAllBytes(linked);
    }
}
