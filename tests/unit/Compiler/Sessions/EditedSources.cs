using System.Collections.Immutable;
using System.Text;
using Netpol.Diagnostics;
using Netpol.Parsing;
using Netpol.Syntax;

namespace Netpol.Tests.Unit.Compiler.Sessions;

/// <summary>Two small files, of which one imports the other, under random edits: of lines, of words and of characters.</summary>
internal sealed class EditedSources
{
    public const string Main = "main.netpol";
    private const string Library = "lib.netpol";

    private const string MainText = """
        /// A shop.
        default namespace shop
        import "lib.netpol"
        cluster { pods 10.0.0.0/9, fd00:10::/48; nodes 192.168.0.0/16; services 172.20.0.0/14 }
        namespace shop { env = "prod" }

        group g0 = pods where app == "a"   // the first
        group g1 = cidr 10.1.0.0/16, 11.2.0.0/16 except 10.1.2.0/24
        // Either.
        group g2 = g0 | g1

        /// Who reaches g0.
        policy a for g0 {
            ingress {
                allow from g1 on 80/tcp
                /// Documented.
                allow from g2 on p0 log
                deny from world on port http   // why not
                allow from pods in same namespace
            }
            egress {
                allow to service s0
                allow to g3 on 53/udp, 53/tcp
            }
        }

        policy b for g0 {
            ingress {
                deny from g1 on 80/tcp
                allow from g1 | pods in namespaces (env == "prod")
                allow from g1 on 443/tcp
            }
        }
        policy c for any { egress { allow to any on port web; deny to g1 } }
        observe { drops all; flows 1 in 10 for g0 }
        test "it" {
            world -> g0 on 23/tcp deny
        }
        """;

    private const string TierText = """

        policy guard for any tier admin 10 {
            egress { deny to cidr 169.254.169.254 log; pass to g3 on 443/tcp; reject to world on 25/tcp }
            ingress { pass from nodes }
        }
        policy late for g0 tier admin 20.5 { ingress { allow from g2 on p0; deny from any - host } }
        policy base for g4 tier baseline 1 { ingress { pass from pods in same namespace; reject from any log } }
        policy limits for g0 { ingress open { allow from world on 80/tcp limit 5/s burst 9 per source; allow from any on p0 limit 1/m } }

        """;

    private const string LibraryText = """
        ports p0 = 80/tcp, 443/tcp
        ports p1 = p0, 53/udp
        group g3 = g4 - pods in namespace data
        group g4 = pods in any namespace where tier in ("x", "y")
        service s0 {
            address 172.20.0.1
            port http 80/tcp -> 8080
            backends g0
        }
        service s1 {
            address 172.20.0.2
            port 81/udp
            backends 10.0.0.7, 10.0.0.8 weight 2
        }
        policy d for g3 {
            ingress {
                deny from g4 on icmp(echo-request)
            }
        }

        """;

    private static readonly string[] Lines =
    [
        "allow from g0", "allow from g1 on 80/tcp", "allow from g1 on 80/tcp log", "deny from g2 on p1", "allow from world on port web, 5000-6000/udp", "deny from any",
        "allow to service s1", "allow to service s0 | g0 on port http", "allow to g3 on sctp", "allow from g0 on 80/tcp, 81/tcp, 82/tcp", "allow from pods where app == \"b\"",
        "allow from pods in same namespace where app == \"c\" on icmp", "allow from g9", "allow from (g0 | g1) & g4", "allow to service s0 & g0", "ingress {", "egress {", "}", "{", "",
        "// a comment", "/// documentation", "/* several", "lines */", "/* one */", "group g5 = g0 & g4", "group g0 = pods where app == \"a\"", "group g6 = g6", "group g1 = cidr 10.3.0.0/16",
        "policy e for g1 { ingress { } }", "policy f for g0 | g4 { ingress { allow from world } }", "policy a for g4 {", "policy h for g0 tier admin 5 { ingress { pass from g1; reject from any - host log } }",
        "policy i for any tier baseline 2.5 { egress { reject to world } }", "allow from g1 limit 7/s", "reject from g2 log", "ingress open {", "pass from g0", "deny from world", "service s2 {", "address 172.20.0.9", "port 90/tcp", "backends g4", "backends 10.0.0.9",
        "ports p2 = 1/tcp", "ports p0 = 8080/tcp", "ports p1 = p1", "namespace data { env = \"test\" }", "default namespace other", "observe { }", "scale { endpoints 50 }", "import \"none.netpol\"",
        "test \"x\" { g0 -> g1 deny }", "qos q for g0 { }", "cluster { families ipv4 }", "hello world", "allow from g0 and", "group g7 = pods where app == \"a\"", "group g8 = cidr 10.1.0.0/16 except 10.9.0.0/16",
    ];

    private static readonly string[] Words =
        ["g0", "g1", "g2", "g3", "g4", "any", "world", "80/tcp", "443/tcp", "53/udp", "p0", "p1", "s0", "s1", "from", "to", "allow", "deny", "log", "ingress", "egress", "open", "reject", "pass", "20", "on", "|", "&", "-", "{", "}", ";", "port"];

    private static readonly string[] Characters = ["{", "}", "(", ")", "\"", "/", "/*", "*/", "//", ";", "\n", "\r", "\r\n", " ", "\uFEFF", "\u202E", "é", "😀", "\\", ",", "#", "\t"];

    private readonly Random _random;
    private Dictionary<string, string> _sound;

    public EditedSources(int seed)
    {
        _random = new Random(seed);
        Texts = new(StringComparer.Ordinal) { [Main] = seed % 2 == 0 ? MainText : MainText + TierText, [Library] = LibraryText };
        _sound = new(Texts, StringComparer.Ordinal);
    }

    public Dictionary<string, string> Texts { get; private set; }

    public (ImmutableArray<CompilationUnitSyntax> Units, ImmutableArray<Diagnostic> Diagnostics) Load(SourceParser parse) =>
        ImportGraph.Load([Main], path => Texts.TryGetValue(path, out var text) ? new SourceContent.File(Encoding.UTF8.GetBytes(text)) : new SourceContent.Unreadable("no such file"), null, parse);

    /// <param name="wasSound">The sources compiled after the edit before; of unsound ones two of three are mended.</param>
    public void Edit(bool wasSound)
    {
        if (wasSound)
        {
            _sound = new(Texts, StringComparer.Ordinal);
        }
        else if (_random.Next(3) > 0)
        {
            Texts = new(_sound, StringComparer.Ordinal);
            return;
        }

        var path = _random.Next(3) == 0 ? Library : Main;
        Texts[path] = _random.Next(8) switch
        {
            0 => EditCharacter(Texts[path]),
            1 or 2 => EditWord(Texts[path]),
            _ => EditLine(Texts[path]),
        };
    }

    private string EditCharacter(string text)
    {
        var at = _random.Next(text.Length + 1);
        return _random.Next(3) == 0 && at < text.Length ? text.Remove(at, Math.Min(text.Length - at, 1 + _random.Next(3))) : text.Insert(at, Pick(Characters));
    }

    private string EditWord(string text)
    {
        var words = text.Split(' ');
        words[_random.Next(words.Length)] = Pick(Words);
        return string.Join(' ', words);
    }

    private string EditLine(string text)
    {
        var lines = text.Split('\n').ToList();
        var at = _random.Next(lines.Count);
        switch (_random.Next(7))
        {
            case 0 or 1:
                lines.Insert(at, Pick(Lines));
                break;
            case 2:
                lines.RemoveAt(at);
                break;
            case 3:
                lines[at] = Pick(Lines);
                break;
            case 4:
                (lines[at], lines[_random.Next(lines.Count)]) = (lines[_random.Next(lines.Count)], lines[at]);
                break;
            case 5:
                lines.Insert(at, lines[_random.Next(lines.Count)]);
                break;
            default:
                // Whole declarations change places.
                var cut = _random.Next(lines.Count);
                lines = [.. lines[cut..], .. lines[..cut]];
                break;
        }

        return string.Join('\n', lines);
    }

    private string Pick(string[] texts) => texts[_random.Next(texts.Length)];
}
