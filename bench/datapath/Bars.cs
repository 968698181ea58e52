namespace Netpol.Bench;

/// <summary>How dear each case may be, as a multiple of the floor.</summary>
internal static class Bars
{
    /// <summary>IPv6 is at most so much dearer than the same case of IPv4.</summary>
    internal const double OfIpv6 = 1.25;

    private const int One = 1, Many = 32_000;

    internal static double? Ipv4(string name, int flows) => (name, flows) switch
    {
        (CaseTable.Remote or CaseTable.Remote + CaseTable.Reply, One) => 1.35,
        (CaseTable.Remote, Many) => 0.5,
        (CaseTable.Remote + CaseTable.Reply, Many) => 1.2,
        (CaseTable.Local or CaseTable.Local + CaseTable.Reply, _) => 1.6,
        (CaseTable.Service or CaseTable.Service + CaseTable.Reply, One) => 1.9,
        (CaseTable.Service or CaseTable.Service + CaseTable.Reply, Many) => 1.25,
        (CaseTable.New, _) => 8.8,
        (CaseTable.NewFull, _) => 10,
        (CaseTable.NewService, _) => 17,
        (CaseTable.Deny, _) => 1.7,
        (CaseTable.DenyEvent, _) => 2.6,
        _ => null,
    };
}
