using System.Text;
using System.Text.Json.Nodes;
using Netpol.Cni;
using Netpol.Cni.Protocol;

namespace Netpol.Tests.Unit.Cni;

/// <summary>One call of the plugin with variables and input of the test's choice.</summary>
internal sealed record PluginRun(int ExitCode, string Output)
{
    public JsonNode Json => JsonNode.Parse(Output)!;

    public int Code => Json["code"]!.GetValue<int>();

    public string Message => Json["msg"]!.GetValue<string>();

    public string Details => Json["details"]!.GetValue<string>();

    /// <summary>Every variable a runtime sets; the namespace does not exist, so that no ADD gets far.</summary>
    public static Dictionary<string, string> Variables(string command) => new()
    {
        ["CNI_COMMAND"] = command,
        ["CNI_CONTAINERID"] = "c1",
        ["CNI_NETNS"] = "/nonexistent/netns",
        ["CNI_IFNAME"] = "eth0",
        ["CNI_PATH"] = "/nonexistent/plugins",
    };

    public static PluginRun Of(IReadOnlyDictionary<string, string> variables, string input) =>
        Of(variables, input, Plugin.Commands);

    public static PluginRun Of(IReadOnlyDictionary<string, string> variables, string input, IEnumerable<CommandEntry> commands)
    {
        using var output = new MemoryStream();
        using var stdin = new MemoryStream(Encoding.UTF8.GetBytes(input));
        var code = new Dispatcher([.. commands]).Run(variables.GetValueOrDefault, stdin, output);
        return new(code, Encoding.UTF8.GetString(output.ToArray()));
    }
}
