namespace Netpol.Cni.Protocol;

/// <summary>
/// The answer "no" of one command, on its way to the dispatcher, which alone turns it into error JSON. The message is
/// one lower-case sentence; the details say how to get out.
/// </summary>
internal sealed class CniException(CniErrorCode code, string message, string details = "") : Exception(message)
{
    public CniErrorCode Code { get; } = code;

    public string Details { get; } = details;
}
