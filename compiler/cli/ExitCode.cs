namespace Netpol.Cli;

/// <summary>What the process says to its caller; part of the contract (docs/cli.md).</summary>
internal static class ExitCode
{
    public const int Good = 0;

    /// <summary>The input has errors, a test failed, a flow file is malformed.</summary>
    public const int Findings = 1;

    /// <summary>The command line makes no sense, or names a file that cannot be read.</summary>
    public const int Usage = 2;

    /// <summary>The machine stands in the way: rights, bpffs, kernel, clang, a folder that cannot be written.</summary>
    public const int Environment = 3;
}
