using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Netpol.Loader.Native;

/// <summary>Keeps what libbpf would print to standard error, for the message of the failure it belongs to.</summary>
internal static unsafe class LibBpfMessages
{
    private const int Warning = 0;
    private const int Longest = 1024;

    [ThreadStatic]
    private static List<string>? _lines;

    /// <summary>From here on warnings of this thread go to <paramref name="lines"/>; those of others are dropped.</summary>
    internal static void CollectInto(List<string> lines)
    {
        _lines = lines;
        _ = LibBpf.libbpf_set_print((nint)(delegate* unmanaged[Cdecl]<int, byte*, nint, int>)&Print);
    }

    internal static void Stop() => _lines = null;

    // A va_list is passed by reference in the calling conventions of x86-64 and arm64, so a pointer stands for it.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Print(int level, byte* format, nint arguments)
    {
        if (level == Warning && _lines is { } lines)
        {
            var buffer = stackalloc byte[Longest];
            if (LibC.vsnprintf(buffer, Longest, format, arguments) > 0)
            {
                lines.Add((Marshal.PtrToStringUTF8((nint)buffer) ?? "").TrimEnd());
            }
        }

        return 0;
    }
}
