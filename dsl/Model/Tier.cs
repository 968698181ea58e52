using System.Globalization;

namespace Netpol.Model;

/// <summary>The tiers in the order in which they are asked.</summary>
public enum TierKind
{
    Admin,
    Ordinary,
    Baseline,
}

/// <summary>Where a policy stands: <c>tier admin 10</c>, <c>tier baseline 100</c>, or the ordinary tier.</summary>
/// <param name="Order">Policies of an ordered tier are asked from the lowest up; 0 in the ordinary tier, which has no order.</param>
public sealed record Tier(TierKind Kind, decimal Order)
{
    public const int HighestOrder = 1000;

    public static Tier Ordinary { get; } = new(TierKind.Ordinary, 0);

    /// <summary>The first match decides, and <c>pass</c> leaves it.</summary>
    public bool IsOrdered => Kind != TierKind.Ordinary;

    /// <summary>As the language writes it: <c>tier admin 10</c>; empty for the ordinary tier.</summary>
    public override string ToString() => Kind switch
    {
        TierKind.Admin => "tier admin " + Order.ToString(CultureInfo.InvariantCulture),
        TierKind.Baseline => "tier baseline " + Order.ToString(CultureInfo.InvariantCulture),
        _ => "",
    };
}
