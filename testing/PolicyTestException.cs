namespace Netpol.Testing;

/// <summary>A test asked what cannot be answered, or its snapshot differs; the message says what to do.</summary>
public sealed class PolicyTestException : Exception
{
    public PolicyTestException()
    {
    }

    public PolicyTestException(string message)
        : base(message)
    {
    }

    public PolicyTestException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
