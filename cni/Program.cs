using Netpol.Cni.Protocol;

namespace Netpol.Cni;

internal static class Program
{
    private static int Main()
    {
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        return new Dispatcher(Plugin.Commands).Run(Environment.GetEnvironmentVariable, input, output);
    }
}
