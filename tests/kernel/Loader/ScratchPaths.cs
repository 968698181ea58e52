using Netpol.Loader;

namespace Netpol.Tests.Kernel.Loader;

/// <summary>A scratch's folders as the loader names them.</summary>
internal static class ScratchPaths
{
    extension(Scratch scratch)
    {
        public NodePaths Paths => new(scratch.Pins, scratch.State);
    }
}
