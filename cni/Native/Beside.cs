using System.Runtime.InteropServices;

namespace Netpol.Cni.Native;

/// <summary>What <c>beside.c</c> gives; it is part of the native program only.</summary>
internal static unsafe partial class Beside
{
    private const string Library = "beside";

    [LibraryImport(Library)]
    public static partial int netpol_start_beside(byte** arguments, int right);

    [LibraryImport(Library)]
    public static partial void netpol_begin();
}
