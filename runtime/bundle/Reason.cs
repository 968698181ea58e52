namespace Netpol.Bundle;

/// <summary>What became of a packet; <c>enum verdict</c> in <c>compiler/datapath/abi.h</c>.</summary>
public enum Verdict : byte
{
    None = 0,
    Allow = 1,
    Deny = 2,
    Reject = 3,
}

/// <summary>Why; <c>enum reason</c> in <c>compiler/datapath/abi.h</c>, which says what each means.</summary>
public enum Reason : byte
{
    None = 0,
    Rule = 1,
    NotIsolated = 2,
    Established = 3,
    Related = 4,
    SameEndpoint = 5,
    Host = 6,
    Neighbour = 7,
    Forwarded = 8,
    DefaultDeny = 16,
    Unparsable = 17,
    NotIp = 18,
    Source = 19,
    NeighbourSpoofed = 20,
    Family = 21,
    Fragment = 22,
    ServicePort = 24,
    ServiceBackends = 25,
    ConnectionCollision = 26,
    ConnectionTable = 27,
    NotReady = 28,
    UnknownEndpoint = 29,
    Checksum = 30,
    Limit = 31,
    BackendGone = 32,
    ServiceSource = 33,
    NoRoute = 34,
    TooBig = 35,
}
