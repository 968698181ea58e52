using System.Collections.Immutable;
using Netpol.Compiler.Bpf;

namespace Netpol.Compiler.Backends.Bytecode;

/// <summary>
/// <c>struct policy_input</c> of <c>compiler/datapath/policy.h</c>, and the maps that say what its classes stand for: all that a
/// verdict can observe.
/// </summary>
internal static class PolicyInput
{
    public const int Size = 32;

    /// <summary>Of a class of addresses: the sets it is in, 64 to a word.</summary>
    public const string ClassMembers = "class_members";

    /// <summary>Of a class of ports: the names it has.</summary>
    public const string PortNameMembers = "port_name_members";

    public static InputField SelfClass { get; } = new("self", 0, MemorySize.Bits32);

    public static InputField PeerClass { get; } = new("peer", 4, MemorySize.Bits32);

    public static InputField PortNames { get; } = new("port_names", 8, MemorySize.Bits32);

    public static InputField Service { get; } = new("service", 12, MemorySize.Bits32);

    public static InputField Port { get; } = new("port", 16, MemorySize.Bits16);

    public static InputField ServicePort { get; } = new("service_port", 18, MemorySize.Bits16);

    public static InputField Protocol { get; } = new("protocol", 20, MemorySize.Bits8);

    public static InputField Family { get; } = new("family", 21, MemorySize.Bits8);

    public static InputField IcmpType { get; } = new("icmp_type", 22, MemorySize.Bits8);

    public static InputField IcmpCode { get; } = new("icmp_code", 23, MemorySize.Bits8);

    public static InputField SameNamespace { get; } = new("same_namespace", 24, MemorySize.Bits8);

    /// <summary>Behind <c>isolated</c> and <c>half</c>, which no generated code reads.</summary>
    public static InputField FromHost { get; } = new("from_host", 27, MemorySize.Bits8);

    public static InputField Spent { get; } = new("spent", 28, MemorySize.Bits32);

    /// <summary>In the order of the struct.</summary>
    public static ImmutableArray<InputField> Fields { get; } =
    [
        SelfClass, PeerClass, PortNames, Service, Port, ServicePort, Protocol, Family, IcmpType, IcmpCode, SameNamespace, FromHost, Spent,
    ];

    /// <summary>The largest number that the field holds.</summary>
    public static uint MaxOf(InputField field) => field.Size switch
    {
        MemorySize.Bits8 => byte.MaxValue,
        MemorySize.Bits16 => ushort.MaxValue,
        _ => uint.MaxValue,
    };
}
