namespace Netpol.Semantics;

/// <summary>The admin and the baseline tier: the first rule that matches decides, and later ones are not looked at.</summary>
internal static class OrderedTier
{
    public static PolicyRule? FirstMatch(TierSelection selected, Members members, in Connection connection)
    {
        foreach (var candidate in selected.Rules)
        {
            if (RuleMatching.Matches(members, candidate.Rule, connection))
            {
                return candidate;
            }
        }

        return null;
    }
}
