using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics.Proofs;

/// <summary>The prefixes by which a model tells addresses apart.</summary>
public static class UsedPrefixes
{
    /// <summary>Those of all sets, services, declarations and well-known ranges; each once, in order.</summary>
    public static ImmutableArray<Prefix> Of(NetworkModel model) =>
        [.. new Vocabulary(model, new AddressKinds(model)).Prefixes.Distinct().Order()];
}
