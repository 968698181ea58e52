using System.Runtime.InteropServices;
using Netpol.Loader.Native;

namespace Netpol.Tests.Kernel.Bpf;

/// <summary>libbpf's static linker: objects to one object.</summary>
internal static unsafe partial class Linker
{
    private const string Library = "libbpf.so.1";

    /// <summary>Links the objects in order; a strong function takes the place of weak ones.</summary>
    public static byte[] Link(params byte[][] objects)
    {
        var folder = Directory.CreateTempSubdirectory("netpol-link-").FullName;
        try
        {
            List<string> said = [];
            LibBpfMessages.CollectInto(said);
            var linked = Path.Combine(folder, "linked.o");
            var linker = bpf_linker__new(linked, null);
            Assert.NotEqual(0, linker);
            try
            {
                for (var n = 0; n < objects.Length; n++)
                {
                    var file = Path.Combine(folder, $"{n}.o");
                    File.WriteAllBytes(file, objects[n]);
                    var answer = bpf_linker__add_file(linker, file, null);
                    Assert.True(answer == 0, $"{answer}: {string.Join('\n', said)}");
                }

                Assert.Equal(0, bpf_linker__finalize(linker));
            }
            finally
            {
                bpf_linker__free(linker);
            }

            return File.ReadAllBytes(linked);
        }
        finally
        {
            LibBpfMessages.Stop();
            Directory.Delete(folder, recursive: true);
        }
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint bpf_linker__new(string filename, void* opts);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int bpf_linker__add_file(nint linker, string filename, void* opts);

    [LibraryImport(Library)]
    private static partial int bpf_linker__finalize(nint linker);

    [LibraryImport(Library)]
    private static partial void bpf_linker__free(nint linker);
}
