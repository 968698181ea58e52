using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Compiler.Layout;

/// <summary>How many entries the tables of backends need. What depends on the node's endpoints the loader makes room for, where this is too little.</summary>
internal static class BackendTable
{
    /// <summary>For all services whose backends are endpoints together, and for each port of one.</summary>
    private const int Endpoints = MapTable.MaxSlots, EndpointsPerPort = 16;

    /// <summary>A literal backend of weight w has w entries once the weights are divided by their common factor (abi.h).</summary>
    public static int Entries(Service service) => service.Backends switch
    {
        BackendSource.Literal when service.Balance == BalanceAlgorithm.Maglev => Backends(service),
        BackendSource.Literal literal => literal.Backends.Sum(backend => backend.Weight)
            / Math.Max(1, literal.Backends.Aggregate(0, (factor, backend) => CommonFactor(factor, backend.Weight))),
        BackendSource.Endpoints => EndpointsPerPort,
        _ => throw new UnreachableException(),
    };

    /// <summary>As <see cref="Backends"/>, and as many again that the bundle before had and that drain.</summary>
    public static int States(Service service) => Backends(service) * (service.Drain is null ? 1 : 2);

    /// <summary>Each once, whatever its weight.</summary>
    public static int Backends(Service service) => service.Backends switch
    {
        BackendSource.Literal literal => literal.Backends.Length,
        BackendSource.Endpoints => EndpointsPerPort,
        _ => throw new UnreachableException(),
    };

    /// <summary>Of all ports of services together, by what one port takes; at least 1.</summary>
    public static int Room(IEnumerable<Service> services, Func<Service, int> ofPort)
    {
        var all = services.ToList();
        return Math.Max(1, all.Sum(service => service.Ports.Length * service.Lists * ofPort(service)) + (all.Any(service => service.Backends is BackendSource.Endpoints) ? Endpoints : 0));
    }

    private static int CommonFactor(int left, int right)
    {
        while (right != 0)
        {
            (left, right) = (right, left % right);
        }

        return left;
    }
}
