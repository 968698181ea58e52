namespace Netpol.Cni;

internal static class Program
{
    private static int Main() => 3;
}
