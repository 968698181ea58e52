using Netpol.Model;

namespace Netpol.Binding;

/// <summary>Parts of a model whose declarations stand further down than before. What has no place in it stays the same object.</summary>
internal static class Moving
{
    public static Policy Moved(Policy policy, int lines) => policy with
    {
        Origin = Moved(policy.Origin, lines),
        Blocks = [.. policy.Blocks.Select(block => block with
        {
            Origin = Moved(block.Origin, lines),
            Rules = [.. block.Rules.Select(rule => rule with { Origin = Moved(rule.Origin, lines) })],
        })],
    };

    public static Group Moved(Group group, int lines) => group with { Origin = Moved(group.Origin, lines) };

    private static Origin Moved(Origin origin, int lines) => origin with { Line = origin.Line + lines };
}
