using System.Collections.Immutable;
using System.Globalization;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Tests.Support.Kubernetes;

/// <summary>One of the network policy recipes, and what its page says of some flows; written by hand.</summary>
/// <param name="Name">The file's name without extension.</param>
/// <param name="Denied">
/// Flows <c>from/to</c> or <c>from/to/port</c>, comma separated; the port is 80 where none is given. UDP and TCP where it is
/// 53, else TCP. Names are of <see cref="RecipeCluster"/>.
/// </param>
/// <param name="Allowed">Likewise.</param>
public sealed record Recipe(string Name, string Denied, string Allowed)
{
    /// <summary>The folder in the corpora.</summary>
    public const string Folder = "kubernetes-network-policy-recipes";

    public static ImmutableArray<Recipe> All { get; } =
    [
        new("01-deny-all-traffic-to-an-application", "other/web, db/web, far/web, world/web", "other/db, web/other, web/world"),
        new("02-limit-traffic-to-an-application", "other/api, world/api, far/api", "search/api, db/api, api/other"),
        new("02a-allow-all-traffic-to-an-application", "", "other/web, far/web, world/web, web/world"),
        new("03-deny-all-non-whitelisted-traffic-in-the-namespace", "other/web, web/other, world/db, far/db", "web/far, web/world, world/far"),
        new("04-deny-traffic-from-other-namespaces", "far/web, ops-monitor/web, world/web", "other/web, web/db, web/far"),
        new("05-allow-traffic-from-all-namespaces", "world/web", "far/web, other/web, ops-plain/web, world/db"),
        new("06-allow-traffic-from-a-namespace", "other/web, far/web, ops-plain/web, world/web", "prod/web, other/db"),
        new("07-allow-traffic-from-some-pods-in-another-namespace", "ops-plain/web, prod/web, other/web, world/web", "ops-monitor/web"),
        new("08-allow-external-traffic", "", "world/web, far/web, other/web"),
        new("09-allow-traffic-only-to-a-port", "monitor/apiserver/8000, other/apiserver/5000, far/apiserver/5000", "monitor/apiserver/5000, apiserver/world"),
        new("10-allowing-traffic-with-multiple-selectors", "other/db, web/db, world/db", "search/db, api/db, inventory/db"),
        new("11-deny-egress-traffic-from-an-application", "foo/web, foo/dns/53, foo/world", "other/foo, world/foo, other/web"),
        new("11-deny-egress-traffic-from-an-application-2", "foo/web, foo/world/53, foo/dns/80", "foo/dns/53, other/foo"),
        new("12-deny-all-non-whitelisted-traffic-from-the-namespace", "web/other, foo/world, foo/dns/53", "far/web, world/web, far/world"),
        new("14-deny-external-egress-traffic", "foo/world, foo/web, foo/world/53", "foo/dns/53, other/world, other/foo"),
    ];

    public static IEnumerable<string> Names => All.Select(recipe => recipe.Name);

    public static Recipe Of(string name) => All.Single(recipe => recipe.Name == name);

    /// <summary>The flows that the page speaks of.</summary>
    public IEnumerable<ExpectedFlow> Expectations() =>
        Flows(Denied, isAllowed: false).Concat(Flows(Allowed, isAllowed: true));

    private static IEnumerable<ExpectedFlow> Flows(string list, bool isAllowed) =>
        from words in list.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(flow => flow.Split('/'))
        let port = words.Length > 2 ? ushort.Parse(words[2], CultureInfo.InvariantCulture) : (ushort)80
        from protocol in port == 53 ? new[] { Protocol.Tcp, Protocol.Udp } : [Protocol.Tcp]
        select new ExpectedFlow(
            $"{string.Join('/', words)} {protocol}", RecipeCluster.Pod(words[0]), RecipeCluster.Pod(words[1]), Traffic.To(protocol, port), isAllowed);

    public override string ToString() => Name;
}
