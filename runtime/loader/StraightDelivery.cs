using System.Collections.Immutable;

namespace Netpol.Loader;

/// <summary>Which packets of containers leave for other nodes past the host's stack, and so past its netfilter.</summary>
/// <param name="To">Prefixes, and <see cref="Pods"/>; empty: all go by the stack.</param>
/// <param name="ViaStack">Prefixes that go by the stack whatever <paramref name="To"/> says.</param>
public sealed record StraightDelivery(ImmutableArray<string> To, ImmutableArray<string> ViaStack)
{
    /// <summary>In place of a prefix: the ranges that the bundle's <c>cluster { pods … }</c> declares.</summary>
    public const string Pods = "pods";

    public static StraightDelivery None { get; } = new([], []);

    public bool Equals(StraightDelivery? other) =>
        other is not null && To.SequenceEqual(other.To) && ViaStack.SequenceEqual(other.ViaStack);

    public override int GetHashCode() => HashCode.Combine(To.Length, ViaStack.Length);
}
