using System.Globalization;
using System.Text;

namespace Netpol.Bench;

/// <summary>
/// The `.netpol` text that is measured: a client with an egress policy and a server with an ingress policy of so many rules
/// each. What the cases send matches the last ones only; those before differ in peer and port.
/// </summary>
internal static class PolicySource
{
    internal const int FirstPort = 8000, LastPort = 8999, DeniedPort = 9999, LoggedPort = 9998;
    internal const string ClientApp = "client", ServerApp = "server", Namespace = "bench";
    internal const string Service4 = "10.96.0.10", Service6 = "fd00:96::a";

    /// <summary>Every remote peer of the cases is in here.</summary>
    internal const string Remote4 = "198.18.0.0/15", Remote6 = "2001:db8:18::/48";

    /// <summary>Distinct prefixes that the rules name; above that many a rule has its peer in common with others.</summary>
    private const int Peers = 250;

    internal static string Of(int rules, int prefixes)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $$"""
            default namespace {{Namespace}}
            cluster {
                pods 10.244.0.0/16, fd00:10::/56
                services 10.96.0.0/12, fd00:96::/112
            }
            group client = pods where app == "{{ClientApp}}"
            group server = pods where app == "{{ServerApp}}"
            group remote = cidr {{Remote4}}, {{Remote6}}
            observe { }
            service shop {
                address {{Service4}}, {{Service6}}
                port web {{FirstPort}}/tcp
                backends server
            }
            """);
        if (prefixes > 0)
        {
            text.Append("group many = cidr ");
            text.AppendJoin(", ", Prefixes(prefixes));
            text.AppendLine();
        }

        text.AppendLine("policy client for client {").AppendLine("egress {");
        Fill(text, "to", rules - 5);
        text.AppendLine(CultureInfo.InvariantCulture, $$"""
                allow to {{(prefixes > 0 ? "many" : "remote")}} on {{FirstPort}}-{{LastPort}}/tcp
                allow to service shop on {{FirstPort}}/tcp
                allow to server on {{FirstPort}}-{{LastPort}}/tcp
                deny to server on {{LoggedPort}}/tcp log
                deny to remote on {{LoggedPort}}/udp
            } }
            policy server for server { ingress {
            """);
        Fill(text, "from", rules - 1);
        text.AppendLine(CultureInfo.InvariantCulture, $"    allow from client on {FirstPort}-{LastPort}/tcp").AppendLine("} }");
        return text.ToString();
    }

    /// <summary>Networks of 24 to 28 bits, all apart, spread over 64.0.0.0/2 as a hash spreads: an address of each is a peer of some flow.</summary>
    internal static IEnumerable<string> Prefixes(int count) => Enumerable.Range(0, count).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"{new System.Net.IPAddress(Bytes(Network(i)))}/{24 + i % 5}"));

    /// <summary>The <paramref name="i"/>th network's address; 22 bits of the index, multiplied by an odd number, are distinct.</summary>
    internal static uint Network(int i) => 0x40000000 | ((uint)i * 2_654_435_761 & 0x3fffff) << 8;

    private static void Fill(StringBuilder text, string direction, int count)
    {
        for (var i = 0; i < count; i++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"    allow {direction} cidr 10.77.{i % Peers}.0/24 on {10_000 + i % 50_000}/tcp");
        }
    }

    private static byte[] Bytes(uint address) => [(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address];
}
