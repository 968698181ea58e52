using System.Diagnostics;
using Netpol.Model;

namespace Netpol.Compiler.Layout;

/// <summary>How many entries of <c>backends4</c> and <c>backends6</c> one port of a service may need.</summary>
internal static class BackendTable
{
    /// <summary>Backends that are endpoints come and go; all endpoints of a large node may be one service's.</summary>
    private const int Endpoints = MapTable.MaxSlots;

    /// <summary>A literal backend of weight w has w entries once the weights are divided by their common factor (abi.h).</summary>
    public static int Entries(Service service) => service.Backends switch
    {
        BackendSource.Literal literal => literal.Backends.Sum(backend => backend.Weight)
            / Math.Max(1, literal.Backends.Aggregate(0, (factor, backend) => CommonFactor(factor, backend.Weight))),
        BackendSource.Endpoints => Endpoints,
        _ => throw new UnreachableException(),
    };

    private static int CommonFactor(int left, int right)
    {
        while (right != 0)
        {
            (left, right) = (right, left % right);
        }

        return left;
    }
}
