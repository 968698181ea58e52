using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Semantics.Analysis;

/// <summary>What is spelled right, means something, and can hardly be meant: over everything there could be.</summary>
public sealed record ModelReview(
    ImmutableArray<HiddenRule> Hidden,
    ImmutableArray<Policy> SelectingNobody,
    ImmutableArray<NamelessEgress> WithoutDns,
    ImmutableArray<TranslatedPeer> Translated,
    ImmutableArray<ShutService> Shut,
    ImmutableArray<WidenedPolicy> Widened,
    ImmutableArray<OpenedInspection> Opened)
{
    public static ModelReview Nothing { get; } = new([], [], [], [], [], [], []);

    /// <summary>Nothing is said where it would take more memory than is reasonable.</summary>
    public static ModelReview Of(NetworkModel model)
    {
        try
        {
            var space = new JudgementSpace([model]);
            var (egress, ingress) = (new DirectionReview(space, model, Direction.Egress), new DirectionReview(space, model, Direction.Ingress));
            return new(
                [.. egress.Hidden(), .. ingress.Hidden()],
                [.. egress.SelectingNobody().Concat(ingress.SelectingNobody()).Distinct<Policy>(ReferenceEqualityComparer.Instance)],
                [.. egress.WithoutDns()],
                [.. TranslatedPeers.Of(model)],
                [.. new ServiceReview(space, model, ingress).Shut()],
                [.. egress.Widened(), .. ingress.Widened()],
                [.. egress.Opened(), .. ingress.Opened()]);
        }
        catch (ProofTooLargeException)
        {
            return Nothing;
        }
    }
}

/// <summary>A policy that isolates endpoints for egress and lets them out somewhere, but to no resolver.</summary>
/// <param name="Example">One of them.</param>
public sealed record NamelessEgress(Policy Policy, Endpoint Example);

/// <summary>An egress rule to addresses of services, which no connection has any more when it is judged.</summary>
/// <param name="Services">Empty: of the cluster's range for services.</param>
/// <param name="Whole">The rule's peer is nothing else.</param>
public sealed record TranslatedPeer(Rule Rule, AddressSet.Cidr Addresses, ImmutableArray<Service> Services, bool Whole);

/// <summary>A service to which nobody gets, or nobody of a policy that says so.</summary>
/// <param name="Clients">The rule that lets clients out; null: nobody at all.</param>
/// <param name="Policy">That shuts them out.</param>
/// <param name="Rule">By this rule; null: by isolating.</param>
public sealed record ShutService(Service Service, Rule? Clients, Policy Policy, Rule? Rule);

/// <summary>A rule that allows what another file's policies alone would deny.</summary>
/// <param name="Policy">The closed policy of the other file.</param>
public sealed record WidenedPolicy(Rule Rule, Policy By, Policy Policy, Direction Direction);

/// <summary>A rule that names the requests which pass, and one without requests that allows some of the same connections.</summary>
public sealed record OpenedInspection(Rule Inspecting, Rule Plain);
