namespace Netpol.Cni.Devices;

/// <summary>A network device as the kernel tells it.</summary>
/// <param name="Mac">Six bytes in hex with colons; empty where the device has none.</param>
/// <param name="Kind"><c>veth</c>, <c>bridge</c>; empty for hardware and loopback.</param>
/// <param name="PeerIndex">A veth's other end, an index of *its* namespace; 0: none.</param>
internal sealed record Device(int Index, string Name, string Mac, string Kind, int PeerIndex, bool IsUp);
