using System.Text.Json.Nodes;
using Netpol.Lab;
using Netpol.Lab.Cni;

namespace Netpol.Tests.EndToEnd.Rig;

/// <summary>Calls of the plugin netpol itself, without the rest of its chain.</summary>
internal static class PluginCall
{
    /// <param name="change">Changes variables or configuration before the call.</param>
    public static PluginAnswer Run(
        LabNode node,
        string command,
        CniAttachment attachment,
        JsonNode? previous,
        Action<Dictionary<string, string>, JsonObject>? change = null,
        TimeSpan? killAfter = null)
    {
        var plugin = node.Runtime.Network.Plugins[^1];
        var config = node.Runtime.ConfigOf(plugin, attachment, previous);
        var variables = node.Runtime.VariablesOf(command, attachment);
        change?.Invoke(variables, config);
        return PluginProcess.Run(node.Network, Product.Plugin, variables, config.ToJsonString(), killAfter);
    }

    public static (int ExitCode, int Code, string Message) Refusal(this PluginAnswer answer)
    {
        var error = JsonNode.Parse(answer.Output)!;
        return (answer.ExitCode, error["code"]!.GetValue<int>(), error["msg"]!.GetValue<string>());
    }

    /// <summary>What the plugin keeps of endpoints and links on a node, by name; empty: nothing is left of any container.</summary>
    public static IEnumerable<string> Leftovers(LabNode node) =>
        new[] { Path.Combine(node.State, "endpoints"), Path.Combine(node.Pins, "links") }
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFileSystemEntries(folder))
            .Concat(node.Network.Links().Where(link => link.StartsWith("np", StringComparison.Ordinal)));
}
