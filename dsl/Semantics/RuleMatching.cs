using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>A connection as the rules of one end see it.</summary>
/// <param name="Self">The endpoint being judged.</param>
/// <param name="Traffic">After translation.</param>
/// <param name="Receiver">The endpoint whose port names count, if the receiver is one.</param>
/// <param name="Translation">For egress only: a rule at the destination can't ask for the service.</param>
/// <param name="Source">Who opened the connection.</param>
internal readonly record struct Connection(
    Endpoint Self, Party Peer, Traffic Traffic, Endpoint? Receiver, Translation? Translation, Party Source)
{
    /// <summary>As the source's egress sees it.</summary>
    public static Connection From(Endpoint self, in Party source, in Party destination, Traffic traffic, Translation? translation) =>
        new(self, destination, traffic, destination.Endpoint, translation, source);

    /// <summary>As the destination's ingress sees it.</summary>
    public static Connection To(Endpoint self, in Party source, Traffic traffic) => new(self, source, traffic, self, null, source);

    /// <summary>The bucket that a limited rule has for the connection.</summary>
    public Bucket BucketOf(Rule rule) =>
        Bucket.Of(rule, rule.Limit ?? throw new ArgumentException("the rule has no limit", nameof(rule)), Self, Source);
}

/// <summary>Does a rule match a connection: peer and ports together.</summary>
internal static class RuleMatching
{
    public static bool Matches(Members members, Rule rule, in Connection connection) =>
        Matches(members, rule.Peer, rule, connection);

    /// <summary>
    /// <c>on</c> names the service's own ports for the part of a union that is <c>service S</c>, and the receiver's for
    /// every other part: <c>service S | db on 80/tcp</c> is <c>service S on 80/tcp</c> and <c>db on 80/tcp</c>.
    /// </summary>
    private static bool Matches(Members members, AddressSet peer, Rule rule, in Connection connection)
    {
        switch (peer)
        {
            case AddressSet.Named named:
                return Matches(members, named.Set, rule, connection);
            case AddressSet.Union union:
                foreach (var part in union.Parts)
                {
                    if (Matches(members, part, rule, connection))
                    {
                        return true;
                    }
                }

                return false;
            case AddressSet.Service service:
                return connection.Translation is { } translation && translation.Service.Name == service.Name
                    && PortMatching.MatchService(rule.Ports, translation.ServicePort);
            default:
                return PortMatching.Match(rule.Ports, connection.Traffic, connection.Peer.Address.Family, connection.Receiver)
                    && members.Contains(peer, connection.Peer, connection.Self, connection.Translation?.Service.Name);
        }
    }
}
