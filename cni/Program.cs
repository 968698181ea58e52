using Netpol.Cni.Protocol;

namespace Netpol.Cni;

internal static class Program
{
    private static int Main()
    {
        try
        {
            using var input = Console.OpenStandardInput();
            using var output = Console.OpenStandardOutput();
            return new Dispatcher(Plugin.Commands).Run(Environment.GetEnvironmentVariable, input, output);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // An answer that cannot go where answers go: a runtime that gets none takes the exit code and calls DEL.
            Console.Error.WriteLine($"netpol-cni: standard input or output fails: {exception.Message}");
            return 1;
        }
    }
}
