using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Compiler.Layout;

/// <summary>
/// Joins the two halves of a prefix that are in the same sets.
/// <code>
/// 10.0.0.0/9     {a}
/// 10.128.0.0/9   {a}   =>   10.0.0.0/8   {a}
/// </code>
/// Longest first, so that what was joined may be joined again. Nothing else would match between: two halves cover their whole.
/// </summary>
internal static class PrefixMerging
{
    public static ImmutableArray<SplitPrefix> Merge(List<SplitPrefix> split)
    {
        var members = split.ToDictionary(entry => entry.Prefix, entry => entry.Members);
        var byLength = split.ToLookup(entry => entry.Prefix.Length, entry => entry.Prefix);
        var longest = split.Max(entry => entry.Prefix.Length);
        var joined = new List<Prefix>();
        for (var length = longest; length > 0; length--)
        {
            var wholes = new List<Prefix>();
            foreach (var half in byLength[length].Concat(joined))
            {
                var other = Sibling(half);
                if (members.TryGetValue(half, out var own) && members.TryGetValue(other, out var others) && own == others)
                {
                    var whole = Prefix.Of(half.Network, length - 1);
                    members.Remove(half);
                    members.Remove(other);
                    members[whole] = own;
                    wholes.Add(whole);
                }
            }

            joined = wholes;
        }

        return [.. members.Select(entry => new SplitPrefix(entry.Key, entry.Value)).OrderBy(entry => entry.Prefix)];
    }

    private static Prefix Sibling(Prefix half)
    {
        var bit = UInt128.One << (half.Network.Width - half.Length);
        return Prefix.Of(new Address(half.Family, half.Network.Bits ^ bit), half.Length);
    }
}
