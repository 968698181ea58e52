using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Compiler.Layout;

/// <summary>How many positions the tables of the services with <c>balance maglev</c> have.</summary>
/// <param name="Positions">By the service's name, of each family; 0: no port of it has a table there.</param>
/// <param name="Lines">Of <c>maglev</c> (abi.h): each table begins with a line of its own.</param>
public sealed record MaglevTables(ImmutableDictionary<string, (int Ipv4, int Ipv6)> Positions, int Lines)
{
    /// <summary><c>MAGLEV_LINE</c> of <c>abi.h</c>.</summary>
    private const int PositionsPerLine = 32;

    public static MaglevTables Of(NetworkModel model)
    {
        var positions = model.Services.Where(service => service.Balance == BalanceAlgorithm.Maglev).ToImmutableDictionary(
            service => service.Name,
            service => (Maglev.Positions(model, service, IpFamily.V4), Maglev.Positions(model, service, IpFamily.V6)),
            StringComparer.Ordinal);
        return new MaglevTables(positions, model.Services.Where(service => positions.ContainsKey(service.Name)).Sum(service =>
            service.Ports.Length * service.Lists * (LinesOf(positions[service.Name].Item1) + LinesOf(positions[service.Name].Item2))));
    }

    private static int LinesOf(int positions) => (positions + PositionsPerLine - 1) / PositionsPerLine;
}
