using Netpol.Loader.Native;

namespace Netpol.Loader.Generations;

/// <summary>The two directions of one endpoint. Once they are in a map or on a device, the descriptors may go.</summary>
internal sealed record ProgramPair(BpfProgram FromEndpoint, BpfProgram ToEndpoint) : IDisposable
{
    public void Dispose()
    {
        FromEndpoint.Dispose();
        ToEndpoint.Dispose();
    }
}
