using System.Collections.Immutable;

namespace Netpol.Loader;

/// <summary>How full the tables of a node are that packets, endpoints and services fill.</summary>
/// <param name="Connections">One for each family that the bundle has.</param>
/// <param name="Tables">In the order of their names.</param>
/// <param name="Refused">Packets of new connections that were dropped because every entry of their set was in use, since the node's maps were made.</param>
public sealed record NodePressure(ImmutableArray<ConnectionPressure> Connections, ImmutableArray<TablePressure> Tables, ulong Refused);

/// <summary>The table of connections of one family. A connection by a service has two entries.</summary>
/// <param name="Family">4 or 6.</param>
/// <param name="Room">Entries that there are ways for.</param>
/// <param name="InUse">Answered and not silent for two minutes: what never gives way.</param>
/// <param name="Silent">Answered: gives way as the last.</param>
/// <param name="Unanswered">Gives way to new ones.</param>
/// <param name="Closed">Gives way to new ones.</param>
/// <param name="Expired">Admits nothing; its place is taken when another needs it.</param>
/// <param name="Sets">Of 15 entries each; a connection has its place in one of them.</param>
/// <param name="FullSets">Where every entry is in use: a new connection that belongs there is refused.</param>
public sealed record ConnectionPressure(
    int Family, int Room, int InUse, int Silent, int Unanswered, int Closed, int Expired, int Sets, int FullSets)
{
    /// <summary>0 to 1: of all entries those that new connections cannot have.</summary>
    public double Fraction => Room == 0 ? 0 : (double)(InUse + Silent) / Room;
}

/// <summary>A map with keys.</summary>
/// <param name="GivesWay">Where it is full, the entry that was used last long ago makes room; else whoever fills it is refused.</param>
public sealed record TablePressure(string Name, int Used, int Room, bool GivesWay)
{
    /// <summary>0 to 1.</summary>
    public double Fraction => Room == 0 ? 0 : (double)Used / Room;
}
