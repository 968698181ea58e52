namespace Netpol.Lsp.Rpc;

/// <summary>A request is refused, with a code of JSON-RPC 2.0 or of the language server protocol, and a sentence for a person.</summary>
internal sealed class RpcError(int code, string message) : Exception(message)
{
    public const int ParseError = -32700;
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParameters = -32602;
    public const int InternalError = -32603;
    public const int NotInitialized = -32002;

    /// <summary>The request is understood, and cannot be done as things are.</summary>
    public const int RequestFailed = -32803;

    public int Code => code;
}
