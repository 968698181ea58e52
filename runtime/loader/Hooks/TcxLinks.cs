using Netpol.Loader.Native;

namespace Netpol.Loader.Hooks;

/// <summary>Both links of a device. What is not pinned goes with them.</summary>
internal sealed record TcxLinks(DescriptorHandle From, DescriptorHandle To) : IDisposable
{
    public void Dispose()
    {
        From.Dispose();
        To.Dispose();
    }
}
