using System.Collections.Immutable;

namespace Netpol.Compiler.Certification;

/// <summary>What stands in the arrays that programs tail-call by; a test compares it with what the loader puts there.</summary>
internal static class ProgramArrays
{
    /// <summary>What devices run: where a packet's way begins.</summary>
    public static readonly ImmutableArray<string> Hooks = ["from_endpoint_stub", "to_endpoint_stub", "from_uplink_stub", "xdp_uplink_stub"];

    /// <summary><c>programs</c> by index: <c>enum shared_program</c> of <c>abi.h</c>.</summary>
    public static readonly ImmutableArray<string> Shared =
        ["new_connection", "new_ingress", "translate", "slow", "slow_ingress", "reject", "translate_known", "uplink", "new_uplink", "straight", "straight_known"];

    private static readonly ImmutableArray<string> Egress = ["from_endpoint_stub", "from_endpoint", "from_endpoint_provisional", "new_connection", "slow"];

    private static readonly ImmutableArray<string> Ingress = ["to_endpoint_stub", "to_endpoint", "to_endpoint_provisional", "new_ingress", "slow_ingress"];

    private static readonly ImmutableArray<string> Uplink = ["from_uplink_stub", "from_uplink", "uplink", "new_uplink"];

    /// <summary>What a call may reach; null: that is not known.</summary>
    public static ImmutableArray<string>? Targets(TailCall call) => call switch
    {
        { Map: "programs", Index: { } index } => index < Shared.Length ? [Shared[(int)index]] : [],
        { Map: "programs" } => Shared,
        // The slot is a constant of each container, which is put in on the node.
        { Map: "from_endpoint_programs" } => ["from_endpoint", "from_endpoint_provisional", "vacant"],
        { Map: "to_endpoint_programs" } => ["to_endpoint", "to_endpoint_provisional", "vacant"],
        { Map: "uplink_programs" } => ["from_uplink"],
        { Map: "xdp_programs" } => ["xdp_uplink"],
        { Map: "connect4_programs" } => ["sock_connect4"],
        { Map: "connect6_programs" } => ["sock_connect6"],
        { Map: "sendmsg4_programs" } => ["sock_sendmsg4"],
        { Map: "sendmsg6_programs" } => ["sock_sendmsg6"],
        _ => null,
    };

    /// <summary>
    /// May one way have both? A packet stays on the side that it came by: <c>WORK_INGRESS</c> and <c>WORK_UPLINK</c> are set where it comes in and kept
    /// (<c>compiler/datapath/fast_path.h</c>, hand_over, and <c>uplink.h</c>, from_uplink).
    /// </summary>
    public static bool MayMeet(string one, string other) =>
        SideOf(one) is not { } side || SideOf(other) is not { } another || side == another;

    private static ImmutableArray<string>? SideOf(string program) =>
        Egress.Contains(program) ? Egress : Ingress.Contains(program) ? Ingress : Uplink.Contains(program) ? Uplink : null;
}
