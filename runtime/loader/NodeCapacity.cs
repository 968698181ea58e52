using System.Collections.Immutable;

namespace Netpol.Loader;

/// <summary>What the certificate of the bundle in charge says that it takes of the kernel, beside what the kernel says.</summary>
/// <param name="Maps">In the order of the certificate.</param>
/// <param name="Programs">Those that containers share, in the order of their names. Those of a container are made for it, and shorter.</param>
public sealed record NodeCapacity(ImmutableArray<MapCapacity> Maps, ImmutableArray<ProgramCapacity> Programs)
{
    /// <summary>Of maps whose memory does not depend on what is in them.</summary>
    public (long Certified, long Loaded) Bytes => (
        Maps.Where(map => !map.GrowsWithContent).Sum(map => map.CertifiedBytes), Maps.Where(map => !map.GrowsWithContent).Sum(map => map.Bytes));
}

/// <param name="GrowsWithContent">It takes so much when it is full; now it may take less.</param>
public sealed record MapCapacity(string Name, int CertifiedEntries, int Entries, long CertifiedBytes, long Bytes, bool GrowsWithContent)
{
    /// <summary>What a kernel may count otherwise for a map of a few entries.</summary>
    private const int Slack = 512;

    /// <summary>By more than a twentieth.</summary>
    public bool IsOff => IsFar(CertifiedEntries, Entries, 0) || (GrowsWithContent
        ? Bytes > CertifiedBytes + (CertifiedBytes / 20) + Slack
        : IsFar(CertifiedBytes, Bytes, Slack));

    private static bool IsFar(long certified, long loaded, int slack) => Math.Abs(loaded - certified) > Math.Max(slack, certified / 20);
}

/// <param name="Certified">Instructions of it and the functions that it calls, as they stand in the object.</param>
/// <param name="Instructions">As the verifier left them: some it takes out, and helpers that it writes out are several.</param>
/// <param name="MachineCodeBytes">0: it is interpreted.</param>
public sealed record ProgramCapacity(string Name, int Certified, int Instructions, int MachineCodeBytes);
