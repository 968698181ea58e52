using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Netpol.Bundle;

/// <summary>
/// What a bundle takes of a node at most, at the declared scale: found in the object and the manifest when the bundle was made, and kept
/// within what kernels give. Stored as <c>certificate.json</c> in the bundle's folder; nothing on a node depends on it.
/// </summary>
/// <param name="Schema"><see cref="CurrentSchema"/>; a reader refuses what it does not know.</param>
/// <param name="Maps">In the order of the manifest.</param>
/// <param name="Programs">In the order of their names.</param>
public sealed record Certificate(
    int Schema,
    CertifiedScale Scale,
    ImmutableArray<CertifiedMap> Maps,
    CertifiedMemory Node,
    CertifiedMemory Generation,
    ImmutableArray<CertifiedProgram> Programs,
    CertifiedPacket Packet,
    CertifiedEvents Events)
{
    public const int CurrentSchema = 1;

    public const string FileName = "certificate.json";
}

/// <summary>What was declared, or holds where nothing was.</summary>
public sealed record CertifiedScale(int Endpoints, int Connections, int EventsPerSecond);

/// <param name="Entries">It has room for.</param>
/// <param name="Bytes">Of the kernel, when it is full.</param>
/// <param name="BytesPerProcessor">For each processor that the kernel may ever have, besides.</param>
public sealed record CertifiedMap(string Name, int Entries, long Bytes, long BytesPerProcessor);

/// <summary>Of all maps of one scope.</summary>
public sealed record CertifiedMemory(long Bytes, long BytesPerProcessor);

/// <param name="Instructions">Of it and of all functions that it calls, as they stand in the object.</param>
/// <param name="LongestPath">Instructions that run at most between two tail calls.</param>
/// <param name="StackBytes">Of it and of the functions being called where that is most.</param>
/// <param name="Frames">It and the functions being called at one time, at most.</param>
/// <param name="TailCalls">The programs it may hand a packet to, in the order of their names.</param>
public sealed record CertifiedProgram(
    string Name, int Instructions, long LongestPath, int StackBytes, int Frames, ImmutableArray<string> TailCalls);

/// <summary>
/// From the hook to the packet's end, each way from one program to another taken once: no packet does otherwise while the tables stay as
/// they are. One under which they change again and again is ended by the kernel, which lets 33 tail calls succeed.
/// </summary>
/// <param name="LongestPath">Instructions that run at most.</param>
/// <param name="TailCalls">That may succeed at most.</param>
/// <param name="LongestWay">The programs of the longest path, in order.</param>
public sealed record CertifiedPacket(long LongestPath, int TailCalls, ImmutableArray<string> LongestWay);

/// <param name="RingBytes">What the ring has room for.</param>
/// <param name="EventBytes">Each, with what the kernel puts before it.</param>
/// <param name="PerSecond">None is lost at this rate while the observer looks away for a second.</param>
/// <param name="MillisecondsAtScale">For so long may it look away at the declared rate.</param>
public sealed record CertifiedEvents(int RingBytes, int EventBytes, int PerSecond, long MillisecondsAtScale);

/// <summary>Serialisation without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(Certificate))]
public sealed partial class CertificateJson : JsonSerializerContext;
