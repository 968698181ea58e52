namespace Netpol.Binding;

/// <summary>Where a set stands; some sets have a meaning in some places only.</summary>
internal enum SetPlace
{
    Group,

    /// <summary>After <c>for</c> and <c>backends</c>: endpoints only.</summary>
    Endpoints,

    IngressPeer,
    EgressPeer,

    /// <summary>A side of a test line.</summary>
    Test,
}
