using System.Text.Json;
using System.Text.Json.Nodes;

namespace Netpol.Lab.Cni;

/// <summary>
/// A container runtime's side of CNI, as the specification's section 3 tells it: runs the plugins of a list in order, hands each
/// the result of the one before, keeps the last result for CHECK and DEL, and runs DEL backwards.
/// </summary>
public sealed class CniRuntime(CniNetwork network, string pluginPath, string cacheFolder, NetworkNamespace node)
{
    public CniNetwork Network { get; } = network;

    /// <summary>The result of the whole list.</summary>
    /// <exception cref="CniFailureException">A plugin said no; what came before it is not undone: a runtime then asks for DEL.</exception>
    public JsonNode Add(CniAttachment attachment)
    {
        JsonNode? result = null;
        foreach (var plugin in Network.Plugins)
        {
            var answer = RunPlugin(plugin, "ADD", attachment, result);
            result = JsonNode.Parse(answer.Output)
                ?? throw new LabException($"{plugin["type"]} answered an ADD with nothing");
        }

        File.WriteAllText(CacheFile(attachment), result?.ToJsonString());
        return result ?? throw new LabException("a network without plugins");
    }

    public void Check(CniAttachment attachment)
    {
        var cached = Cached(attachment);
        foreach (var plugin in Network.Plugins)
        {
            RunPlugin(plugin, "CHECK", attachment, cached);
        }
    }

    public void Delete(CniAttachment attachment)
    {
        var cached = Cached(attachment);
        foreach (var plugin in Network.Plugins.Reverse())
        {
            RunPlugin(plugin, "DEL", attachment, cached);
        }

        File.Delete(CacheFile(attachment));
    }

    /// <summary>The configuration that one plugin of the list gets on its standard input.</summary>
    public JsonObject ConfigOf(JsonObject plugin, CniAttachment attachment, JsonNode? previous)
    {
        var config = plugin.DeepClone().AsObject();
        config["cniVersion"] = Network.CniVersion;
        config["name"] = Network.Name;
        if (previous is not null)
        {
            config["prevResult"] = previous.DeepClone();
        }

        // A plugin gets what it declares to be capable of.
        if (config["capabilities"] is JsonObject capabilities && attachment.Capabilities is { } given)
        {
            var runtimeConfig = new JsonObject();
            foreach (var (name, value) in given.Where(entry => capabilities[entry.Key]?.GetValueKind() == JsonValueKind.True))
            {
                runtimeConfig[name] = value?.DeepClone();
            }

            config["runtimeConfig"] = runtimeConfig;
        }

        return config;
    }

    public Dictionary<string, string> VariablesOf(string command, CniAttachment attachment) => new()
    {
        ["CNI_COMMAND"] = command,
        ["CNI_CONTAINERID"] = attachment.ContainerId,
        ["CNI_NETNS"] = attachment.Namespace,
        ["CNI_IFNAME"] = attachment.InterfaceName,
        ["CNI_ARGS"] = attachment.Arguments,
        ["CNI_PATH"] = pluginPath,
    };

    public string ProgramOf(JsonObject plugin)
    {
        var type = plugin["type"]?.GetValue<string>() ?? throw new LabException("a plugin without a type");
        return pluginPath.Split(':').Select(folder => Path.Combine(folder, type)).FirstOrDefault(File.Exists)
            ?? throw new LabException($"no CNI plugin `{type}` in {pluginPath}: on Debian, install containernetworking-plugins");
    }

    public JsonNode? Cached(CniAttachment attachment) =>
        File.Exists(CacheFile(attachment)) ? JsonNode.Parse(File.ReadAllText(CacheFile(attachment))) : null;

    private PluginAnswer RunPlugin(JsonObject plugin, string command, CniAttachment attachment, JsonNode? previous)
    {
        var answer = PluginProcess.Run(
            node, ProgramOf(plugin), VariablesOf(command, attachment), ConfigOf(plugin, attachment, previous).ToJsonString());
        return answer.ExitCode == 0 ? answer : throw new CniFailureException($"{plugin["type"]} {command}", answer);
    }

    private string CacheFile(CniAttachment attachment) =>
        Path.Combine(cacheFolder, $"{Network.Name}-{attachment.ContainerId}-{attachment.InterfaceName}.json");
}

/// <summary>One interface of one container, as a runtime asks for it.</summary>
/// <param name="Namespace">Path of the container's network namespace.</param>
/// <param name="Arguments"><c>CNI_ARGS</c>.</param>
/// <param name="Capabilities">What becomes <c>runtimeConfig</c>; null: nothing.</param>
public sealed record CniAttachment(
    string ContainerId, string Namespace, string InterfaceName, string Arguments = "", JsonObject? Capabilities = null);
