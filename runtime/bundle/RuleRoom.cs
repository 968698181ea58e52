using System.Numerics;

namespace Netpol.Bundle;

/// <summary>
/// Room for rules that come while a bundle is in charge: one more is no reason for a new generation. The loader makes it, and a certificate knows.
/// </summary>
public static class RuleRoom
{
    /// <summary>Counters by the id of a rule.</summary>
    public const string MapName = "rule_counters";

    private const int LeastNewRules = 64;

    /// <param name="entries">What the bundle asks for.</param>
    public static int Of(int entries) => (int)BitOperations.RoundUpToPowerOf2((uint)(entries + Math.Max(LeastNewRules, entries / 4)));

    /// <summary>The map as it is loaded.</summary>
    public static MapEntry Loaded(MapEntry map, bool areTables) => areTables && map.Name == MapName ? map with { MaxEntries = Of(map.MaxEntries) } : map;
}
