namespace Netpol.Bench;

/// <summary>Nothing could be measured, or what was measured was not what the case is about.</summary>
public sealed class BenchException : Exception
{
    public BenchException()
    {
    }

    public BenchException(string message)
        : base(message)
    {
    }

    public BenchException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
