using Netpol.Cli;

namespace Netpol.Tests.Unit.Cli;

public sealed class TestCommandTests : IDisposable
{
    private const string Shop = """
        default namespace shop
        cluster { pods 10.244.0.0/16; families ipv4 }
        group web = pods where app == "web"
        group api = pods where app == "api"
        policy api for api { ingress { allow from web on 8080/tcp } }

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("netpol-test").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Tests_that_hold_pass_with_exit_code_0()
    {
        var run = Run("test \"web\" {\n    web -> api on 8080/tcp allow\n    pods in namespace data -> api deny\n}");

        Assert.Equal(
            """
            test "web"
              pass  web -> api on 8080/tcp allow  (shop.netpol:7:5)
              pass  pods in namespace data -> api deny  (shop.netpol:8:5)
            2 lines hold

            """,
            run.Output);
        Assert.Equal((ExitCode.Good, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public void An_assertion_that_fails_shows_who_is_let_through_and_by_which_rule()
    {
        var run = Run("assert \"by the web alone\" only web -> api on 8080/tcp\nassert \"never\" never web -> api\n");

        Assert.Equal(
            """
            assert "by the web alone"
              pass  assert "by the web alone" only web -> api on 8080/tcp  (shop.netpol:6:1)
            assert "never"
              FAIL  assert "never" never web -> api  (shop.netpol:7:1)
                    for example pod:shop/app=web (10.244.0.1) -> pod:shop/app=api (10.244.0.2) on 8080/tcp: allow
                    egress   allow  no policy selects the endpoint for egress
                    ingress  allow  shop.netpol:5:32  policy `api`: allow from web on 8080/tcp
            1 of 2 lines failed

            """.ReplaceLineEndings("\n"),
            run.Output.Replace("        egress", "        egress", StringComparison.Ordinal));
        Assert.Equal(ExitCode.Findings, run.ExitCode);
    }

    [Fact]
    public void What_is_assumed_never_to_be_there_is_in_no_proof()
    {
        var claim = "assert \"one role\" never pods in any namespace where app == \"web\" and role == \"edge\" -> api\n";

        Assert.Equal(ExitCode.Findings, Run(claim).ExitCode);
        Assert.Contains("the left side can hold nothing", Run("assume no pods in any namespace where role == \"edge\"\n" + claim).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mutant_that_no_line_notices_is_listed_with_its_place()
    {
        var run = Run("test \"web\" {\n    web -> api on 8080/tcp allow\n}", "--mutate");

        Assert.Equal(
            """
            test "web"
              pass  web -> api on 8080/tcp allow  (shop.netpol:7:5)
            1 line holds
              unnoticed  shop.netpol:5:32  for any peer: allow from web on 8080/tcp
              unnoticed  shop.netpol:5:32  on every port: allow from web on 8080/tcp
            2 of 4 mutants unnoticed

            """,
            run.Output);
        Assert.Equal(ExitCode.Findings, run.ExitCode);
    }

    [Fact]
    public void Mutants_that_the_lines_notice_are_good()
    {
        var run = Run("test \"web\" {\n    web -> api on 8080/tcp allow\n    web -> api on 81/tcp deny\n}\nassert \"alone\" only web -> api", "--mutate");

        Assert.Contains("0 of 4 mutants unnoticed", run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Good, run.ExitCode);
    }

    [Fact]
    public void Coverage_says_which_rules_a_line_exercises()
    {
        Run("policy more for api { ingress { allow from web on 81/tcp } }\ntest \"web\" {\n    web -> api on 8080/tcp allow\n}");

        var run = Invocation.In(_folder, "", "coverage", "shop.netpol");

        Assert.Equal(
            """
              1 line    shop.netpol:5:32  policy `api`: allow from web on 8080/tcp
              no line   shop.netpol:6:33  policy `more`: allow from web on 81/tcp
            1 of 2 rules exercised

            """,
            run.Output);
    }

    [Fact]
    public void A_line_that_fails_shows_a_flow_and_the_rules_and_exit_code_1()
    {
        var run = Run("test \"web\" {\n    web -> api on 8080/tcp deny\n}");

        Assert.Equal(
            """
            test "web"
              FAIL  web -> api on 8080/tcp deny  (shop.netpol:7:5)
                    for example pod:shop/app=web (10.244.0.1) -> pod:shop/app=api (10.244.0.2) on 8080/tcp: allow
                    egress   allow  no policy selects the endpoint for egress
                    ingress  allow  shop.netpol:5:32  policy `api`: allow from web on 8080/tcp
            1 of 1 line failed

            """,
            run.Output);
        Assert.Equal(ExitCode.Findings, run.ExitCode);
    }

    [Fact]
    public void A_group_that_can_hold_nothing_fails()
    {
        var run = Run("test \"nobody\" {\n    (web & api) -> api deny\n}");

        Assert.Contains("        the left side can hold nothing: the line says nothing\n", run.Output);
        Assert.Equal(ExitCode.Findings, run.ExitCode);
    }

    [Fact]
    public void Files_without_tests_are_said_to_have_none()
    {
        var run = Run("");

        Assert.Equal((ExitCode.Good, "no tests in these files\n"), (run.ExitCode, run.Output));
    }

    private Invocation Run(string tests, params string[] options)
    {
        File.WriteAllText(Path.Combine(_folder, "shop.netpol"), Shop + tests);
        return Invocation.In(_folder, "", ["test", "shop.netpol", .. options]);
    }
}
