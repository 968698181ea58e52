using System.Text.Json.Nodes;

namespace Netpol.Lab.Cni;

/// <summary>A network configuration list: what an administrator writes into <c>/etc/cni/net.d</c>.</summary>
public sealed record CniNetwork(string Name, string CniVersion, IReadOnlyList<JsonObject> Plugins)
{
    public const string DefaultVersion = "1.0.0";

    /// <summary>Debian's <c>ptp</c> makes a veth pair, then netpol puts it under policy.</summary>
    public static CniNetwork AfterPtp(string name, JsonObject ipam, JsonObject netpol) =>
        new(name, DefaultVersion, [new JsonObject { ["type"] = "ptp", ["ipam"] = ipam }, netpol]);

    /// <summary>The same with <c>bridge</c>; its prevResult lists the bridge as well.</summary>
    public static CniNetwork AfterBridge(string name, JsonObject ipam, JsonObject netpol) =>
        new(name, DefaultVersion, [new JsonObject { ["type"] = "bridge", ["bridge"] = "lab0", ["isGateway"] = true, ["ipam"] = ipam }, netpol]);

    /// <summary>netpol alone, with addresses from an IPAM plugin.</summary>
    public static CniNetwork Alone(string name, JsonObject ipam, JsonObject netpol)
    {
        var plugin = netpol.DeepClone().AsObject();
        plugin["ipam"] = ipam;
        return new(name, DefaultVersion, [plugin]);
    }

    /// <summary><c>host-local</c> with an IPv4 and an IPv6 range and a default route of each family.</summary>
    public static JsonObject HostLocal(string dataFolder, string subnet4, string subnet6) => new()
    {
        ["type"] = "host-local",
        ["dataDir"] = dataFolder,
        ["ranges"] = new JsonArray(
            new JsonArray(new JsonObject { ["subnet"] = subnet4 }),
            new JsonArray(new JsonObject { ["subnet"] = subnet6 })),
        ["routes"] = new JsonArray(
            new JsonObject { ["dst"] = "0.0.0.0/0" },
            new JsonObject { ["dst"] = "::/0" }),
    };

    /// <summary>The configuration of netpol itself.</summary>
    /// <param name="bundle">Null: whatever is in force.</param>
    /// <param name="hook">Null: found by probing; else <c>tcx</c> or <c>clsact</c>.</param>
    /// <param name="cgroup">Whose sockets are led to backends; null: nobody's.</param>
    public static JsonObject Netpol(string? bundle, string pins, string state, string? hook = null, string? cgroup = null, string[]? uplinks = null)
    {
        var plugin = new JsonObject
        {
            ["type"] = "netpol",
            ["pins"] = pins,
            ["state"] = state,
            ["capabilities"] = new JsonObject { ["netpol"] = true },
        };
        if (bundle is not null)
        {
            plugin["bundle"] = bundle;
        }

        if (hook is not null)
        {
            plugin["hook"] = hook;
        }

        if (cgroup is not null)
        {
            plugin["cgroup"] = cgroup;
        }

        if (uplinks is not null)
        {
            plugin["uplinks"] = new JsonArray([.. uplinks.Select(device => JsonValue.Create(device))]);
        }

        return plugin;
    }
}
