using Netpol.Cni;
using Netpol.Cni.Protocol;

namespace Netpol.Tests.Unit.Cni;

public sealed class DispatcherTests
{
    private const string Config = """{"cniVersion":"1.0.0","name":"net","type":"netpol"}""";

    [Fact]
    public void A_command_without_one_of_its_variables_is_refused_by_the_variable_s_name()
    {
        var required = Plugin.Commands.SelectMany(command => command.Requires.Select(variable => (command.Name, variable))).ToArray();


        var refusals = required.Select(entry =>
        {
            var variables = PluginRun.Variables(entry.Name);
            variables.Remove(entry.variable);
            var run = PluginRun.Of(variables, Config);
            return (run.ExitCode, run.Code, run.Message);
        });


        Assert.Equal(required.Select(entry => (1, 4, $"required environment variables missing: {entry.variable}")), refusals);
        Assert.Equal(12, required.Length);
    }

    [Fact]
    public void All_missing_variables_are_named_at_once()
    {
        var run = PluginRun.Of(new Dictionary<string, string> { ["CNI_COMMAND"] = "ADD" }, Config);


        Assert.Equal(4, run.Code);
        Assert.Equal("required environment variables missing: CNI_CONTAINERID, CNI_NETNS, CNI_IFNAME, CNI_PATH", run.Message);
    }

    [Fact]
    public void Started_by_hand_it_says_what_it_is()
    {
        var run = PluginRun.Of(new Dictionary<string, string>(), "");


        Assert.Equal((1, 4), (run.ExitCode, run.Code));
        Assert.Equal("required environment variables missing: CNI_COMMAND", run.Message);
        Assert.StartsWith("this program is a CNI plugin", run.Details, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_command_is_refused_with_the_known_ones()
    {
        var run = PluginRun.Of(PluginRun.Variables("REMOVE"), Config);


        Assert.Equal((4, "CNI_COMMAND `REMOVE` is not a command"), (run.Code, run.Message));
        Assert.Equal("commands are ADD, DEL, CHECK, GC, STATUS, VERSION", run.Details);
    }

    [Theory]
    [InlineData("", 6, "no network configuration on standard input")]
    [InlineData("{\"cniVersion\": ", 6, "the network configuration is no JSON at line 1, byte 16")]
    [InlineData("[]", 7, "the network configuration is no JSON object")]
    [InlineData("""{"name":"net"}""", 1, "cniVersion `0.1.0` is not supported")]
    [InlineData("""{"cniVersion":"0.4.0","name":"net"}""", 1, "cniVersion `0.4.0` is not supported")]
    [InlineData("""{"cniVersion":7,"name":"net"}""", 7, "`cniVersion` is not a string: `7`")]
    [InlineData("""{"cniVersion":"1.0.0"}""", 7, "`name` is missing")]
    [InlineData("""{"cniVersion":"1.0.0","name":"-net"}""", 7, "`name`: `-net` is not a network name")]
    public void Input_that_is_no_configuration_is_refused(string input, int code, string message)
    {
        var run = PluginRun.Of(PluginRun.Variables("ADD"), input);


        Assert.Equal((1, code, message), (run.ExitCode, run.Code, run.Message));
    }

    [Fact]
    public void A_key_that_is_there_twice_is_refused()
    {
        var run = PluginRun.Of(PluginRun.Variables("ADD"), """{"cniVersion":"1.0.0","name":"a","name":"b"}""");


        Assert.Equal((1, 6), (run.ExitCode, run.Code));
    }

    [Theory]
    [InlineData("CNI_CONTAINERID", "../etc", "CNI_CONTAINERID `../etc` is not a container id")]
    [InlineData("CNI_IFNAME", "a/b", "CNI_IFNAME `a/b` is not an interface name")]
    [InlineData("CNI_IFNAME", "..", "CNI_IFNAME `..` is not an interface name")]
    [InlineData("CNI_IFNAME", "sixteencharacter", "CNI_IFNAME `sixteencharacter` is not an interface name")]
    public void A_name_that_could_leave_its_folder_is_refused(string variable, string value, string message)
    {
        var variables = PluginRun.Variables("ADD");
        variables[variable] = value;


        var run = PluginRun.Of(variables, Config);


        Assert.Equal((4, message), (run.Code, run.Message));
    }

    [Theory]
    [InlineData("""{"cniVersion":"1.0.0"}""", "1.0.0")]
    [InlineData("""{"cniVersion":"0.3.1"}""", "0.3.1")]
    [InlineData("{}", "1.1.0")]
    [InlineData("", "1.1.0")]
    public void VERSION_answers_in_the_version_it_was_asked_in(string input, string version)
    {
        var variables = new Dictionary<string, string> { ["CNI_COMMAND"] = "VERSION", ["CNI_NETNS"] = "dummy", ["CNI_IFNAME"] = "dummy" };


        var run = PluginRun.Of(variables, input);


        Assert.Equal(0, run.ExitCode);
        Assert.Equal($$"""{"cniVersion":"{{version}}","supportedVersions":["1.0.0","1.1.0"]}""", run.Json.ToJsonString());
    }

    [Fact]
    public void An_error_has_the_fields_of_the_specification_and_the_caller_s_version()
    {
        var run = PluginRun.Of(PluginRun.Variables("ADD"), """{"cniVersion":"1.1.0","name":"net","type":"netpol"}""");


        Assert.Equal(["cniVersion", "code", "msg", "details"], run.Json.AsObject().Select(field => field.Key));
        Assert.Equal("1.1.0", run.Json["cniVersion"]!.GetValue<string>());
    }

    [Fact]
    public void A_mistake_of_the_plugin_itself_is_an_error_object_too()
    {
        var broken = new CommandEntry("ADD", [], (_, _, _) => throw new InvalidOperationException("broken promise"));


        var run = PluginRun.Of(PluginRun.Variables("ADD"), Config, [broken]);


        Assert.Equal((1, 199, "internal error: broken promise"), (run.ExitCode, run.Code, run.Message));
    }

    [Fact]
    public void A_command_that_fails_after_it_wrote_leaves_only_the_error()
    {
        var halfway = new CommandEntry("ADD", [], (_, _, output) =>
        {
            output.Write("{\"half\":"u8);
            throw new IOException("disk full");
        });


        var run = PluginRun.Of(PluginRun.Variables("ADD"), Config, [halfway]);


        Assert.Equal((5, "disk full"), (run.Code, run.Message));
    }

    [Fact]
    public void DEL_of_what_never_was_succeeds_without_namespace_and_without_result()
    {
        var variables = PluginRun.Variables("DEL");
        variables["CNI_NETNS"] = "";


        var run = PluginRun.Of(variables, """{"cniVersion":"1.0.0","name":"net","type":"netpol","state":"/nonexistent/state"}""");


        Assert.Equal((0, ""), (run.ExitCode, run.Output));
    }

    [Fact]
    public void ADD_of_a_container_that_is_gone_tells_the_runtime_that_no_DEL_is_needed()
    {
        var run = PluginRun.Of(PluginRun.Variables("ADD"), """{"cniVersion":"1.0.0","name":"net","type":"netpol","prevResult":{}}""");


        Assert.Equal((3, "CNI_NETNS `/nonexistent/netns` is no network namespace"), (run.Code, run.Message));
    }
}
