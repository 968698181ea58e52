using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Netpol.Toolchain;

/// <summary>libbpf's static linker: objects to one object.</summary>
internal static unsafe partial class ObjectLinker
{
    private const string Library = "libbpf.so.1";
    private const int NotSupported = 95;

    /// <summary>Links objects in order: what is weak in one is replaced by what is not in another.</summary>
    /// <returns>Why it failed; null where it did not.</returns>
    public static string? Link(string output, params ReadOnlySpan<string> objects)
    {
        try
        {
            // What it has to say of a failure would go to standard error; its number says enough.
            libbpf_set_print((nint)(delegate* unmanaged[Cdecl]<int, byte*, nint, int>)&Print);
            var linker = bpf_linker__new(output, null);
            if (linker == 0)
            {
                return Problem("opening", output, -Marshal.GetLastPInvokeError());
            }

            try
            {
                foreach (var file in objects)
                {
                    if (bpf_linker__add_file(linker, file, null) is not 0 and var refused)
                    {
                        return Problem("adding", file, refused);
                    }
                }

                return bpf_linker__finalize(linker) is not 0 and var failed ? Problem("finishing", output, failed) : null;
            }
            finally
            {
                bpf_linker__free(linker);
            }
        }
        catch (DllNotFoundException)
        {
            return "there is no libbpf";
        }
    }

    private static string Problem(string deed, string file, int error) =>
        $"{deed} {Path.GetFileName(file)}: {Marshal.GetPInvokeErrorMessage(error < 0 ? -error : NotSupported)}";

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Print(int level, byte* format, nint arguments) => 0;

    [LibraryImport(Library)]
    private static partial nint libbpf_set_print(nint print);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint bpf_linker__new(string filename, void* opts);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int bpf_linker__add_file(nint linker, string filename, void* opts);

    [LibraryImport(Library)]
    private static partial int bpf_linker__finalize(nint linker);

    [LibraryImport(Library)]
    private static partial void bpf_linker__free(nint linker);
}
