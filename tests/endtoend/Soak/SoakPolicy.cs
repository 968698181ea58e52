using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Netpol.Binding;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Text;

namespace Netpol.Tests.EndToEnd.Soak;

/// <summary>A policy of some of the rules there could be, and of services that could go elsewhere: each step changes one of them.</summary>
internal sealed record SoakPolicy(ImmutableArray<bool> Rules, ImmutableArray<SoakService> Services)
{
    internal const int ServicePort = 80;

    /// <summary>Where backends answer.</summary>
    internal static readonly int[] Ports = [8001, 8002, 8003];

    internal static readonly string[] Backends = ["api", "cache"];

    private static readonly (string Block, string Text)[] Candidates =
    [
        ("web egress", "allow to service s0"),
        ("web egress", "allow to service s1 on 80/tcp"),
        ("web egress", "allow to api on 8001/tcp"),
        ("web egress", "allow to cache on 8001-8003/tcp"),
        ("web egress", "allow to any"),
        ("web egress", "reject to cache on 8002/tcp"),
        ("web egress", "deny to api on 8003/tcp"),
        ("api ingress", "allow from web"),
        ("api ingress", "allow from batch on 8001-8002/tcp"),
        ("api ingress", "allow from web | batch on 8003/tcp"),
        ("api ingress", "deny from batch on 8002/tcp"),
        ("api ingress", "reject from web on 8001/tcp"),
        ("cache ingress", "allow from any"),
        ("cache ingress", "allow from batch"),
        ("cache ingress", "deny from web on 8003/tcp"),
    ];

    internal static SoakPolicy Next(Random random) => new(
        [.. Candidates.Select(_ => random.Next(2) == 0)],
        [.. Enumerable.Range(0, 3).Select(_ => SoakService.Next(random))]);

    internal static string Address(int service, IpFamily family) =>
        string.Create(CultureInfo.InvariantCulture, $"{(family == IpFamily.V4 ? "10.96.0." : "fd00:96::")}{service + 10}");

    /// <summary>Another rule set, or a service that goes elsewhere.</summary>
    internal SoakPolicy Changed(Random random)
    {
        if (random.Next(3) > 0)
        {
            var rule = random.Next(Rules.Length);
            return this with { Rules = Rules.SetItem(rule, !Rules[rule]) };
        }

        var service = random.Next(Services.Length);
        SoakService changed;
        do
        {
            changed = SoakService.Next(random);
        }
        while (changed == Services[service]);
        return this with { Services = Services.SetItem(service, changed) };
    }

    internal NetworkModel ToModel()
    {
        var (unit, syntax) = NetpolParser.Parse(new SourceFile("soak.netpol", ToString()));
        var (model, meaning) = Binder.Bind([unit]);
        Assert.Empty(syntax.AddRange(meaning).Where(diagnostic => diagnostic.IsError));
        return model;
    }

    public override string ToString()
    {
        StringBuilder text = new("default namespace shop\ncluster { services 10.96.0.0/12, fd00:96::/112 }\n");
        foreach (var group in (string[])["web", "batch", .. Backends])
        {
            text.Append(CultureInfo.InvariantCulture, $"group {group} = pods where app == \"{group}\"\n");
        }

        foreach (var block in Candidates.Select((candidate, i) => (candidate.Block, candidate.Text, IsOn: Rules[i])).GroupBy(rule => rule.Block))
        {
            var (group, direction) = (block.Key.Split(' ')[0], block.Key.Split(' ')[1]);
            text.Append(CultureInfo.InvariantCulture, $"policy {group} for {group} {{\n    {direction} {{\n");
            text.AppendJoin("", block.Where(rule => rule.IsOn).Select(rule => $"        {rule.Text}\n")).Append("    }\n}\n");
        }

        for (var i = 0; i < Services.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"service s{i} {{\n    address {Address(i, IpFamily.V4)}, {Address(i, IpFamily.V6)}\n");
            text.Append(CultureInfo.InvariantCulture, $"    port {ServicePort}/tcp -> {Services[i].Port}\n    backends {Services[i].Backends}\n    balance {Services[i].Balance}\n}}\n");
        }

        return text.ToString();
    }
}

/// <param name="Backends">A group, or a union of groups.</param>
internal sealed record SoakService(string Backends, int Port, string Balance)
{
    private static readonly string[] Balances = ["random", "maglev", "least-connections"];

    private static readonly string[] Choices = [.. SoakPolicy.Backends, string.Join(" | ", SoakPolicy.Backends)];

    internal static SoakService Next(Random random) =>
        new(Choices[random.Next(Choices.Length)], SoakPolicy.Ports[random.Next(SoakPolicy.Ports.Length)], Balances[random.Next(Balances.Length)]);
}
