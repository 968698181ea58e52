using System.Collections.Immutable;
using System.Net;
using Netpol.Loader.Abi;
using Netpol.Loader.Tables;

namespace Netpol.Loader.Live;

/// <summary>An endpoint, and what the datapath knows its addresses as.</summary>
internal sealed record LiveEndpoint(PlacedEndpoint Placed, ImmutableArray<LiveAddress> Addresses)
{
    internal IEnumerable<LiveClass> Classes => Addresses.Select(each => each.Class);
}

/// <param name="Entry">Without an epoch.</param>
/// <param name="Members">Every set that holds it, as words: those of services, too, which the class does not tell.</param>
internal sealed record LiveAddress(IPAddress Address, AddressEntry Entry, LiveClass Class, ulong[] Members);
