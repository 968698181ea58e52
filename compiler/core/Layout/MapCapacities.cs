namespace Netpol.Compiler.Layout;

/// <summary>How many entries each table has room for.</summary>
/// <param name="Rules">Ids and 0, which counts verdicts without rule.</param>
/// <param name="Prefixes">Per family.</param>
/// <param name="Addresses">Per family.</param>
/// <param name="Classes">Of addresses: those of the split address space, and as many as there may be addresses on the node.</param>
/// <param name="VerdictPairs">At least; the loader makes room for what the node needs.</param>
/// <param name="VerdictNodes">At least, as above.</param>
/// <param name="Services">Per family: ports of addresses, and the addresses alone.</param>
/// <param name="Backends">Per family; at least, as for verdicts.</param>
/// <param name="ServiceBackends">Per family; at least, as for verdicts.</param>
/// <param name="ServiceSources">Per family: prefixes of those whom load balancers let in, and of nodes; at least 1.</param>
/// <param name="Affinities">Per family: clients of a service with <c>affinity</c>; 1 where there is none.</param>
/// <param name="BackendLoads">Per family: backends of services with <c>least-connections</c>, at least 1.</param>
/// <param name="MaglevLines">Of <c>MAGLEV_LINE</c> positions (abi.h), of all tables together; at least 1.</param>
/// <param name="Connections">Per family, as declared.</param>
/// <param name="EventBytes">A power of two and a multiple of the page size.</param>
/// <param name="Limits">Rules with a limit, at least 1.</param>
/// <param name="Buckets">Of limits; 1 where there is none.</param>
public sealed record MapCapacities(
    int Rules,
    int Prefixes,
    int Addresses,
    int Classes,
    int VerdictPairs,
    int VerdictNodes,
    int PortNames,
    int Services,
    int Backends,
    int MaglevLines,
    int ServiceBackends,
    int ServiceSources,
    int Affinities,
    int BackendLoads,
    int Connections,
    int Fragments,
    int EventBytes,
    int Limits,
    int Buckets)
{
    /// <summary><c>CONNECTION_WAYS</c> of <c>abi.h</c>.</summary>
    public const int ConnectionWays = 15;

    /// <summary>
    /// Sets of ways per family. Twice as many ways as connections, as a hash does not fill all sets alike: of connections that fill half
    /// of the ways, one in a thousand finds its set full.
    /// </summary>
    public int ConnectionSets => (2 * Connections + ConnectionWays - 1) / ConnectionWays;
}
