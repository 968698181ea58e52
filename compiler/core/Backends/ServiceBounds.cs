using Netpol.Compiler.Ir;
using Netpol.Model;

namespace Netpol.Compiler.Backends;

/// <summary>Between what all service addresses lie, of IPv6 the first halves: most packets are for none, and need no look-up to know.</summary>
/// <param name="First4">In host order; all are zero where there is no such address.</param>
internal readonly record struct ServiceBounds(uint First4, uint Last4, ulong First6, ulong Last6)
{
    /// <summary>The lowest and the highest node port; zero where there is none.</summary>
    public (ushort First, ushort Last) NodePorts { get; init; }

    public static ServiceBounds Of(DecisionScope program)
    {
        var addresses = program.Services.SelectMany(binding => binding.Service.AllAddresses).Order().ToLookup(address => address.Family);
        ushort[] nodePorts = [.. program.Services.SelectMany(binding => binding.Service.NodePorts).Select(port => port.Number)];
        return new(
            (uint)addresses[IpFamily.V4].FirstOrDefault().Bits, (uint)addresses[IpFamily.V4].LastOrDefault().Bits,
            (ulong)(addresses[IpFamily.V6].FirstOrDefault().Bits >> 64), (ulong)(addresses[IpFamily.V6].LastOrDefault().Bits >> 64))
        {
            NodePorts = (nodePorts.DefaultIfEmpty().Min(), nodePorts.DefaultIfEmpty().Max()),
        };
    }
}
