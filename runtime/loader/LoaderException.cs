namespace Netpol.Loader;

/// <summary>
/// The node, not the caller, stands in the way: missing rights, no bpffs, a kernel too old, another layout. The message is one
/// sentence for people that ends in the way out.
/// </summary>
public class LoaderException : Exception
{
    public LoaderException()
    {
    }

    public LoaderException(string message)
        : base(message)
    {
    }

    public LoaderException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
