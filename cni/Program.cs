using Microsoft.Win32.SafeHandles;
using Netpol.Cni.Native;
using Netpol.Cni.Protocol;

namespace Netpol.Cni;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        Beside.netpol_begin();
        if (Settler.IsCalledBy(arguments))
        {
            return Settler.Run(arguments);
        }

        try
        {
            // Not by Console, which starts a thread for signals and asks about terminals.
            using var input = OpenStream(0, FileAccess.Read);
            using var output = OpenStream(1, FileAccess.Write);
            return new Dispatcher(Plugin.Commands).Run(Environment.GetEnvironmentVariable, input, output);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // An answer that cannot go where answers go: a runtime that gets none takes the exit code and calls DEL.
            Console.Error.WriteLine($"netpol-cni: standard input or output fails: {exception.Message}");
            return 1;
        }
    }

    private static FileStream OpenStream(int descriptor, FileAccess access) =>
        new(new SafeFileHandle(descriptor, ownsHandle: false), access, bufferSize: 0);
}
