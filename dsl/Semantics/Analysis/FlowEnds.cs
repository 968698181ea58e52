using Netpol.Model;

namespace Netpol.Semantics.Analysis;

/// <summary>A flow after translation, as the rules of either end see it.</summary>
internal sealed record FlowEnds(Party Source, Party Destination, Traffic Traffic, Translation? Translation)
{
    public static FlowEnds Of(Members members, Universe universe, Flow flow, Judgement judgement)
    {
        var sender = flow.Sender ?? universe.EndpointAt(flow.Source);
        return new(
            sender is not null ? Party.Of(sender, flow.Source) : members.At(universe, flow.Source, flow.IsFromNodeSocket),
            members.At(universe, judgement.Translation?.Backend ?? flow.Destination, isNodeItself: true),
            judgement.Translation is { } translation ? Traffic.To(translation.ServicePort.Protocol, translation.BackendPort) : flow.Traffic,
            judgement.Translation);
    }

    /// <exception cref="InvalidOperationException">The end is no endpoint.</exception>
    public Connection Connection(Direction direction) => direction == Direction.Egress
        ? Semantics.Connection.From(Self(Source), Source, Destination, Traffic, Translation)
        : Semantics.Connection.To(Self(Destination), Source, Traffic);

    public Party Peer(Direction direction) => direction == Direction.Egress ? Destination : Source;

    private static Endpoint Self(in Party party) => party.Endpoint ?? throw new InvalidOperationException($"{party} is no endpoint");
}
