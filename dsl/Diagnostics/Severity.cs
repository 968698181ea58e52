namespace Netpol.Diagnostics;

/// <summary>Whether a build with this diagnostic may go on.</summary>
public enum Severity
{
    /// <summary>Worth a look; the build goes on.</summary>
    Warning,

    /// <summary>Nothing is built.</summary>
    Error,
}
