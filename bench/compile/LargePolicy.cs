using System.Globalization;
using System.Text;

namespace Netpol.Bench.Compile;

/// <summary>
/// A policy as large clusters have them, made up from a seed: groups by label and by prefix, policies of about 20 rules,
/// services. The same seed and size give the same text on every machine.
/// </summary>
public sealed class LargePolicy
{
    public const int RulesPerPolicy = 20;

    private static readonly string[] Tiers = ["edge", "backend", "core", "batch", "cache"];
    private static readonly string[] Environments = ["prod", "staging", "test"];

    private readonly StringBuilder _text = new();
    private readonly int _rules;
    private readonly int _groups;
    private readonly int _namespaces;
    private readonly int _services;
    private ulong _state;

    private LargePolicy(int rules, ulong seed)
    {
        _rules = rules;
        _groups = Math.Max(4, rules / RulesPerPolicy);
        _namespaces = Math.Clamp(rules / 200, 2, 200);
        _services = Math.Max(1, rules / 100);
        _state = seed;
    }

    /// <param name="rules">Exactly so many rules, in rules / 20 policies over as many groups.</param>
    public static string Text(int rules, ulong seed = 1)
    {
        var policy = new LargePolicy(rules, seed);
        policy.Write();
        return policy._text.ToString();
    }

    /// <summary>The same policy with so many rules another port, spread over the whole text.</summary>
    public static string Edited(string text, int changes)
    {
        var lines = text.Split('\n');
        var rules = Enumerable.Range(0, lines.Length).Where(line => lines[line].StartsWith("        allow ", StringComparison.Ordinal)).ToList();
        for (var change = 0; change < changes; change++)
        {
            var line = rules[change * rules.Count / changes];
            var word = lines[line].Contains(" from ", StringComparison.Ordinal) ? "from" : "to";
            lines[line] = string.Create(CultureInfo.InvariantCulture, $"        allow {word} g{change * 7 % 4} on {41_100 + change}/tcp");
        }

        return string.Join('\n', lines);
    }

    private void Write()
    {
        Line($"/// {_rules} rules over {_groups} groups.");
        Line($"default namespace ns0");
        Line($"cluster {{ pods 10.0.0.0/9, fd00:10::/48; nodes 192.168.0.0/16; services 172.20.0.0/14, fd00:96::/108 }}");
        for (var index = 0; index < _namespaces; index++)
        {
            Line($"namespace ns{index} {{ env = \"{Environments[index % Environments.Length]}\", team = \"team{index / 4}\" }}");
        }

        Line($"ports web-ports = 80/tcp, 443/tcp, 443/udp");
        Line($"ports metrics = 9090/tcp, 9100-9110/tcp");
        for (var index = 0; index < _groups; index++)
        {
            WriteGroup(index);
        }

        var written = 0;
        for (var index = 0; written < _rules; index++)
        {
            var count = Math.Min(RulesPerPolicy, _rules - written);
            WritePolicy(index, count);
            written += count;
        }

        for (var index = 0; index < _services; index++)
        {
            WriteService(index);
        }

        Line($"test \"the guard of group 0\" {{");
        Line($"    world -> g0 on 23/tcp deny");
        Line($"}}");
    }

    // Two of five groups are networks outside; the others are pods. The first is always pods.
    private static bool IsPods(int group) => group % 5 is 0 or 2 or 3;

    private void WriteGroup(int index)
    {
        if (!IsPods(index))
        {
            Line($"group g{index} = cidr {Prefixes(index, 1 + Below(8))}");
            return;
        }

        _text.Append(CultureInfo.InvariantCulture, $"group g{index} = pods in namespace ns{index % _namespaces} where app == \"app{index}\"");
        switch (Below(4))
        {
            case 0:
                _text.Append(CultureInfo.InvariantCulture, $" and tier in (\"{Pick(Tiers)}\", \"{Pick(Tiers)}\")");
                break;
            case 1:
                _text.Append(" and not has canary");
                break;
            default:
                break;
        }

        _text.Append('\n');
    }

    private string Prefixes(int group, int count) => string.Join(", ", Enumerable.Range(0, count).Select(part => Below(4) == 0
        ? string.Create(CultureInfo.InvariantCulture, $"2001:db8:{group & 0xffff:x}:{part:x}::/64")
        : string.Create(CultureInfo.InvariantCulture, $"{11 + (group >> 14)}.{(group >> 6) & 0xff}.{((group & 0x3f) << 2) | (part & 3)}.{Below(16) * 16}/28")));

    private void WritePolicy(int index, int count)
    {
        var selected = PodsGroup(index);
        var ingress = count - (count / 4);
        Line($"\n/// Who reaches g{selected}, and whom it reaches.");
        Line($"policy p{index} for g{selected} {{");
        Line($"    ingress {{");
        for (var rule = 0; rule < ingress; rule++)
        {
            WriteRule("from", isFirst: rule == 0);
        }

        Line($"    }}");
        if (count > ingress)
        {
            Line($"    egress {{");
            for (var rule = ingress; rule < count; rule++)
            {
                WriteRule("to", isFirst: rule == ingress);
            }

            Line($"    }}");
        }

        Line($"}}");
    }

    // A block of denials alone is a mistake, and reported.
    private void WriteRule(string word, bool isFirst)
    {
        var action = Below(12) == 0 && !isFirst ? "deny" : "allow";
        var peer = Below(20) switch
        {
            0 => "pods in same namespace",
            1 => "world",
            2 => string.Create(CultureInfo.InvariantCulture, $"pods in namespaces (env == \"{Pick(Environments)}\") where tier == \"{Pick(Tiers)}\""),
            3 => string.Create(CultureInfo.InvariantCulture, $"g{Below(_groups)} | g{Below(_groups)}"),
            4 when word == "to" => string.Create(CultureInfo.InvariantCulture, $"service s{Below(_services)}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"g{Below(_groups)}"),
        };
        _text.Append("        ").Append(action).Append(' ').Append(word).Append(' ').Append(peer).Append(Ports());
        _text.Append(Below(25) == 0 ? " log" : "").Append(Below(40) == 0 ? "   // asked for by its owners" : "").Append('\n');
    }

    private string Ports() => Below(16) switch
    {
        0 => "",
        1 => " on icmp(echo-request), icmpv6(echo-request)",
        2 => " on port http",
        3 => " on web-ports",
        4 => " on metrics",
        5 => " on udp",
        6 or 7 => Ranged(),
        8 => string.Create(CultureInfo.InvariantCulture, $" on {1024 + Below(40000)}/tcp, {1024 + Below(40000)}/udp"),
        _ => string.Create(CultureInfo.InvariantCulture, $" on {1024 + Below(40000)}/tcp"),
    };

    private string Ranged()
    {
        var first = 1024 + Below(40000);
        return string.Create(CultureInfo.InvariantCulture, $" on {first}-{first + 1 + Below(200)}/tcp");
    }

    private void WriteService(int index)
    {
        Line($"\nservice s{index} {{");
        Line($"    address 172.{20 + (index >> 16)}.{(index >> 8) & 0xff}.{index & 0xff}, fd00:96::{index:x}");
        Line($"    port http 80/tcp -> {8000 + Below(100)}");
        Line($"    port 9000/tcp -> port grpc");
        Line($"    backends g{PodsGroup(Below(_groups))}");
        Line($"}}");
    }

    private int PodsGroup(int index)
    {
        var group = index % _groups;
        return IsPods(group) ? group : group - 1;
    }

    private string Pick(string[] words) => words[Below(words.Length)];

    // SplitMix64 (Steele, Lea, Flood 2014): System.Random promises no sequence over versions.
    private int Below(int bound)
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)bound);
    }

    private void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
