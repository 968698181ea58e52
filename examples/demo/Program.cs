namespace Netpol.Demo;

internal static class Program
{
    private static int Main() => 3;
}
