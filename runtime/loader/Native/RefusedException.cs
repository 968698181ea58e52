namespace Netpol.Loader.Native;

/// <summary>The verifier's no as the kernel gives it, before anybody has read the log.</summary>
internal sealed class RefusedException(string program, string log) : Exception($"the verifier refused {program}")
{
    internal string Program => program;

    internal string Log => log;
}
