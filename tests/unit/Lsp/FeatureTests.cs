using System.Text.Json.Nodes;

namespace Netpol.Tests.Unit.Lsp;

public sealed class FeatureTests
{
    private const string Shop = """
        /// The shop.
        default namespace shop
        /// Who serves pages.
        group web = pods where app == "web" and not has canary
        group office = cidr 10.20.0.0/16 except 10.20.5.0/24
        group people = office | world
        ports web-ports = 80/tcp, 443/tcp
        ports all-ports = web-ports, 53/udp
        namespace shop { env = "prod" }
        policy api for web {
            ingress {
                allow from people on all-ports
                deny from office on 22/tcp log
            }
            egress {
                allow to service checkout on 80/tcp
                allow to pods in namespace shop where app == "db" on port sql
            }
        }
        service checkout {
            address 10.96.0.10
            port http 80/tcp -> 8080
            backends web
        }

        """;

    [Theory]
    [InlineData("group ^web = pods where", "Who serves pages.", "pods of namespace `shop` where `app` is \"web\" and `canary` is absent", "Used by 1 policy, 1 service.")]
    [InlineData("people = off^ice", "the addresses 10.20.0.0/16, without 10.20.5.0/24", "Used by 1 rule in 1 policy, 1 group.")]
    [InlineData("ports all-^ports", "Stands for 80/tcp, 443/tcp, 53/udp.")]
    [InlineData("policy a^pi", "Applies to group `web`.", "egress: 2 rules, and nothing else comes through", "ingress: 2 rules, and nothing else comes through")]
    [InlineData("service check^out on", "At 10.96.0.10, ports 80/tcp.", "Backends: group `web`.")]
    [InlineData("in namespace sh^op", "Namespace `shop` with `env` = \"prod\"")]
    [InlineData("where ap^p == \"db\"", "Label `app`; in these files it is compared with \"db\", \"web\".")]
    [InlineData("de^ny from office", "**Deny** connections", "- from: group `office`", "- to: group `web`", "- on: 22/tcp", "- logged", "Drops in silence.")]
    [InlineData("office | wor^ld", "Unicast addresses that are no endpoint")]
    public void Hovering_says_what_is_meant(string place, params string[] said)
    {
        var (editor, at) = Marked(place);
        using (editor)
        {
            var hover = (string?)editor.Ask("textDocument/hover", at)!["contents"]!["value"];

            Assert.All(said, text => Assert.Contains(text, hover, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Hovering_over_nothing_says_nothing()
    {
        var (editor, at) = Editor.Open("group a = any   ^\n");
        using (editor)
        {
            Assert.Null(editor.Ask("textDocument/hover", at));
        }
    }

    [Theory]
    [InlineData("^", "group policy service import test", "allow from")]
    [InlineData("gr^", "group", "allow")]
    [InlineData("policy p for ^", "any world pods cidr web web2", "ingress pp")]
    [InlineData("policy p for web ^", "tier", "on log from")]
    [InlineData("policy p for web {\n    ^\n}", "ingress egress", "allow group web")]
    [InlineData("policy p for web {\n    ingress {\n        allow from web\n        ^", "allow deny reject pass", "ingress group web")]
    [InlineData("policy p for web {\n    ingress {\n        allow ^\n    }\n}", "from to", "allow web")]
    [InlineData("policy p for web {\n    ingress {\n        allow from we^\n    }\n}", "web web2 any pods", "pp on")]
    [InlineData("policy p for web { ingress { allow from web ^ } }", "on log limit http", "from group")]
    [InlineData("policy p for web { ingress { allow from web on ^ } }", "tcp icmp port pp", "web log")]
    [InlineData("policy p for web { egress { allow to service ^ } }", "svc", "web pp")]
    [InlineData("group g = pods in ^", "namespace any same namespaces", "web")]
    [InlineData("group g = pods in namespace ^", "shop", "web app")]
    [InlineData("group g = pods in namespaces (^", "has app env", "web")]
    [InlineData("group g = pods where ^", "app env has not", "web shop")]
    [InlineData("group g = pods where app ^", "in not", "web and")]
    [InlineData("group g = pods where app == \"x\" ^", "and or", "web in")]
    [InlineData("group g = pods where app == \"^", "front back", "prod web")]
    [InlineData("group g = pods where app in (\"front\", \"^\")", "front back", "prod web")]
    [InlineData("service s {\n    ^\n}", "address port backends nodeport", "allow web")]
    [InlineData("service s {\n    balance ^\n}", "maglev random least-connections", "web")]
    [InlineData("test \"t\" {\n    web -> web on 80/tcp ^\n}", "allow deny http", "web")]
    [InlineData("policy p for web { ingress { allow from web on icmp(^ } }", "echo-request time-exceeded", "web packet-too-big app")]
    [InlineData("import \"^", "lib.netpol", "web")]
    [InlineData("// ^", "", "group web")]
    [InlineData("group ^", "", "web group")]
    public void Completion_offers_what_fits(string marked, string offered, string withheld)
    {
        const string Known = "group web = pods where app in (\"front\", \"back\")\ngroup web2 = any\nports pp = 1/tcp\nnamespace shop { env = \"prod\" }\nservice svc {\n    address 10.0.0.1\n    port 1/tcp\n    backends web\n}\n";
        var (editor, at) = Editor.Open(Known + marked + "\ngroup behind = any\n", ("lib.netpol", ""));
        using (editor)
        {
            var labels = editor.Ask("textDocument/completion", at)!["items"]!.AsArray().Select(item => (string)item!["label"]!).ToList();

            Assert.Empty(offered.Split(' ', StringSplitOptions.RemoveEmptyEntries).Except(labels));
            Assert.Empty(withheld.Split(' ').Intersect(labels));
        }
    }

    [Fact]
    public void What_is_completed_replaces_the_word_and_is_quoted_where_it_must_be()
    {
        var (editor, at) = Editor.Open("group \"a b\" = any\ngroup c = any | a^\n");
        using (editor)
        {
            var item = editor.Ask("textDocument/completion", at)!["items"]!.AsArray().Single(item => (string)item!["label"]! == "a b")!;

            Assert.Equal(("\"a b\"", "1:16-1:17"), ((string?)item["textEdit"]!["newText"], Editor.Places(item["textEdit"]!["range"]!)));
        }
    }

    [Theory]
    [InlineData("from pe^ople", "5:6-5:12")]
    [InlineData("ports, 53", "")]
    [InlineData("= web-p^orts", "6:6-6:15")]
    [InlineData("service chec^kout on", "19:8-19:16")]
    [InlineData("in namespace s^hop", "8:10-8:14")]
    [InlineData("on port s^ql", "")]
    public void A_name_leads_to_its_declaration(string place, string range)
    {
        var (editor, at) = Marked(place.Contains('^', StringComparison.Ordinal) ? place : place + "^");
        using (editor)
        {
            Assert.Equal(range, string.Join(' ', editor.Ask("textDocument/definition", at)!.AsArray().Select(location => Editor.Places(location!["range"]!))));
        }
    }

    [Fact]
    public void Definitions_and_imports_lead_into_other_files()
    {
        using var editor = Editor.Started(("lib.netpol", "\ngroup far = any\n"));
        editor.Open("main.netpol", "import \"lib.netpol\"\ngroup a = far\n");

        var declared = editor.Ask("textDocument/definition", editor.At("main.netpol", 1, 11))!.AsArray().Single()!;
        var imported = editor.Ask("textDocument/definition", editor.At("main.netpol", 0, 10))!.AsArray().Single()!;

        Assert.Equal((editor.UriOf("lib.netpol"), "1:6-1:9"), ((string?)declared["uri"], Editor.Places(declared["range"]!)));
        Assert.Equal((editor.UriOf("lib.netpol"), "0:0-0:0"), ((string?)imported["uri"], Editor.Places(imported["range"]!)));
    }

    [Fact]
    public void References_are_all_places_of_the_name_in_all_builds()
    {
        using var editor = Editor.Started(
            ("lib.netpol", "group far = any\n"), ("one.netpol", "import \"lib.netpol\"\ngroup a = far\n"), ("two.netpol", "import \"lib.netpol\"\ngroup a = far | far\nqos far for any { }\n"));
        editor.Open("lib.netpol", "group far = any\n");
        var request = editor.At("lib.netpol", 0, 7);
        request["context"] = new JsonObject { ["includeDeclaration"] = true };

        var places = editor.Ask("textDocument/references", request)!.AsArray().Select(place => $"{Path.GetFileName((string)place!["uri"]!)} {Editor.Places(place["range"]!)}");

        Assert.Equal(["lib.netpol 0:6-0:9", "one.netpol 1:10-1:13", "two.netpol 1:10-1:13", "two.netpol 1:16-1:19"], places);
    }

    [Fact]
    public void Renaming_changes_every_place_and_quotes_what_needs_it()
    {
        var (editor, at) = Editor.Open("group we^b = any\ngroup \"x\" = web | any\npolicy web for web { ingress { allow from web } }\n");
        using (editor)
        {
            at["newName"] = "the web";
            var prepared = editor.Ask("textDocument/prepareRename", at)!;
            var edits = editor.Ask("textDocument/rename", at)!["changes"]![editor.UriOf("main.netpol")]!.AsArray();

            Assert.Equal(("web", "0:6-0:9"), ((string?)prepared["placeholder"], Editor.Places(prepared["range"]!)));
            Assert.Equal(
                "group \"the web\" = any\ngroup \"x\" = \"the web\" | any\npolicy web for \"the web\" { ingress { allow from \"the web\" } }\n",
                Editor.Edited("group web = any\ngroup \"x\" = web | any\npolicy web for web { ingress { allow from web } }\n", edits));
        }
    }

    [Theory]
    [InlineData("group a^ = any\ngroup b = any\n", "b", "there is a group `b` already")]
    [InlineData("group a^ = any\n", "", "this is no name")]
    [InlineData("group a^ = any\npolicy p for any {\n    ingress { allow from a on 80 }\n}\n", "b", "`a` stands in what does not parse, at main.netpol:3:26: mend that first")]
    [InlineData("ports a^ = 1/tcp\n", "log", "`log` cannot name ports")]
    [InlineData("group a = any^\n", "b", "here stands no name that these files declare")]
    [InlineData("group a = pods where ap^p == \"b\"\n", "b", "here stands no name that these files declare")]
    public void What_cannot_be_renamed_is_refused_with_the_reason(string marked, string newName, string reason)
    {
        var (editor, at) = Editor.Open(marked);
        using (editor)
        {
            at["newName"] = newName;
            Assert.Equal(reason, (string?)editor.AskForAnswer("textDocument/rename", at)["error"]!["message"]);
        }
    }

    [Fact]
    public void Formatting_touches_only_what_it_changes()
    {
        const string Text = "group a = any\ngroup   b=any\n\ngroup c = any\n";
        using var editor = Editor.Started();
        editor.Open("main.netpol", Text);

        var edits = editor.Ask("textDocument/formatting", editor.Document("main.netpol"))!.AsArray();

        Assert.Equal("group a = any\ngroup b = any\n\ngroup c = any\n", Editor.Edited(Text, (JsonArray)edits.DeepClone()));
        Assert.Equal("1:0-2:0", Editor.Places(Assert.Single(edits)!["range"]!));
    }

    [Theory]
    [InlineData("group a = any\n")]
    [InlineData("group a = = any\ngroup   b=any\n")]
    public void What_is_formatted_or_wrong_is_left_alone(string text)
    {
        using var editor = Editor.Started();
        editor.Open("main.netpol", text);

        Assert.Empty(editor.Ask("textDocument/formatting", editor.Document("main.netpol"))!.AsArray());
    }

    [Fact]
    public void A_fix_is_offered_where_its_diagnostic_is_and_all_of_them_together()
    {
        const string Text = "group a = pods where app = \"x\"\npolicy p for a { ingress { allow from a on 80 } }\n";
        using var editor = Editor.Started();
        editor.Open("main.netpol", Text);
        var request = editor.In("main.netpol", 1, 44, 1, 44);

        var actions = editor.Ask("textDocument/codeAction", request)!.AsArray();

        Assert.Equal(["Write `80/tcp`", "Fix all that can be fixed"], actions.Select(action => (string?)action!["title"]));
        Assert.Equal(
            "group a = pods where app == \"x\"\npolicy p for a { ingress { allow from a on 80/tcp } }\n",
            Editor.Edited(Text, actions[1]!["edit"]!["changes"]![editor.UriOf("main.netpol")]!.AsArray()));
    }

    [Fact]
    public void Hints_say_what_is_meant_and_not_written()
    {
        using var editor = Editor.Started();
        editor.Open("main.netpol", Shop);

        var hints = editor.Ask("textDocument/inlayHint", editor.In("main.netpol", 0, 0, 12, 0))!.AsArray()
            .Select(hint => $"{hint!["position"]!["line"]}:{hint["position"]!["character"]} {hint["label"]}");

        Assert.Equal(
            [
                "3:16 in namespace shop", "3:54 used by 1 policy, 1 service", "4:52 used by 1 rule in 1 policy, 1 group", "5:29 used by 1 rule in 1 policy",
                "7:27 = 80/tcp, 443/tcp", "11:38 = 80/tcp, 443/tcp, 53/udp",
            ],
            hints);
    }

    [Fact]
    public void Tokens_are_coloured_by_what_they_name()
    {
        using var editor = Editor.Started();
        editor.Open("main.netpol", "/// 😀\ngroup log = pods where app == \"x\" // c\n/* a\nb */ ports p = 80/tcp\n");

        var data = editor.Ask("textDocument/semanticTokens/full", editor.Document("main.netpol"))!["data"]!.AsArray().Select(number => (int)number!).ToList();

        var legend = Netpol.Lsp.Features.TokenColours.Legend.TokenTypes;
        var (line, character) = (0, 0);
        var tokens = data.Chunk(5).Select(token =>
        {
            (line, character) = (line + token[0], token[0] == 0 ? character + token[1] : token[1]);
            return $"{line}:{character}+{token[2]} {legend[token[3]]}{(token[4] == 1 ? " declared" : "")}";
        }).ToList();
        Assert.Equal(
            [
                "0:0+6 comment", "1:0+5 keyword", "1:6+3 class declared", "1:10+1 operator", "1:12+4 keyword", "1:17+5 keyword", "1:23+3 property", "1:27+2 operator", "1:30+3 string",
                "1:34+4 comment", "2:0+4 comment", "3:0+4 comment", "3:5+5 keyword", "3:11+1 enum declared", "3:13+1 operator", "3:15+6 number",
            ],
            tokens);
    }

    [Fact]
    public void The_outline_is_the_declarations()
    {
        using var editor = Editor.Started();
        editor.Open("main.netpol", Shop);

        var symbols = editor.Ask("textDocument/documentSymbol", editor.Document("main.netpol"))!.AsArray();

        Assert.Equal(
            ["group web", "group office", "group people", "ports web-ports", "ports all-ports", "namespace shop", "policy api", "service checkout"],
            symbols.Select(symbol => $"{symbol!["detail"]} {symbol["name"]}"));
        Assert.Equal(["ingress", "egress"], symbols[6]!["children"]!.AsArray().Select(child => (string?)child!["name"]));
    }

    [Fact]
    public void Highlights_are_the_places_of_the_name_in_the_file()
    {
        var (editor, at) = Editor.Open("group a^ = any\ngroup b = a | a\n");
        using (editor)
        {
            var places = editor.Ask("textDocument/documentHighlight", at)!.AsArray().Select(place => $"{Editor.Places(place!["range"]!)} {place["kind"]}");

            Assert.Equal(["0:6-0:7 3", "1:10-1:11 2", "1:14-1:15 2"], places);
        }
    }

    private static (Editor Editor, JsonObject At) Marked(string place)
    {
        var plain = place.Replace("^", "", StringComparison.Ordinal);
        Assert.Contains(plain, Shop, StringComparison.Ordinal);
        return Editor.Open(Shop.Replace(plain, place, StringComparison.Ordinal));
    }
}
