using Netpol.Loader.Native;

namespace Netpol.Loader.Hooks;

/// <summary>One way to have the two stubs run on a container's host-side device. Both ways mean the same to the programs.</summary>
internal interface IHook
{
    /// <summary>As in an endpoint's file.</summary>
    string Name { get; }

    /// <summary>Puts both stubs on the device; what is there already stays.</summary>
    void Attach(uint endpoint, int interfaceIndex, BpfProgram fromEndpoint, BpfProgram toEndpoint);

    /// <summary>Takes both stubs off; what has gone is as good.</summary>
    void Detach(uint endpoint, int interfaceIndex);

    /// <summary>Both stubs are on the device.</summary>
    bool IsAttached(uint endpoint, int interfaceIndex);
}
