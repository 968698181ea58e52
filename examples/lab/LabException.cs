namespace Netpol.Lab;

/// <summary>The lab itself could not do what it was asked: not root, a plugin that failed, a mount that was refused.</summary>
public sealed class LabException : Exception
{
    public LabException()
    {
    }

    public LabException(string message)
        : base(message)
    {
    }

    public LabException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
