namespace Netpol.Loader;

/// <summary>The kernel's verifier refused a program. The message begins with the source line at fault and names the file with the whole log.</summary>
public sealed class VerifierException : LoaderException
{
    public VerifierException()
    {
    }

    public VerifierException(string message)
        : base(message)
    {
    }

    public VerifierException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The program that was refused.</summary>
    public string Program { get; init; } = "";

    /// <summary><c>file:line</c> of the source at fault; empty where the log names none.</summary>
    public string Place { get; init; } = "";

    /// <summary>The verifier's own sentence.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The file that holds the whole log.</summary>
    public string LogFile { get; init; } = "";
}
