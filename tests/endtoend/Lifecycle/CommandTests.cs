using System.Diagnostics;
using System.Text.Json.Nodes;
using Netpol.Lab;
using Netpol.Lab.Cni;
using Netpol.Lab.Traffic;
using Netpol.Tests.EndToEnd.Rig;

namespace Netpol.Tests.EndToEnd.Lifecycle;

/// <summary>ADD, CHECK, DEL, GC and STATUS as runtimes call them, repeated and out of order.</summary>
public sealed class CommandTests
{
    private const string Policy = """
        default namespace shop
        group web = pods where app == "web"
        policy api for pods where app == "api" { ingress { allow from web on 80/tcp } }
        """;

    [Fact]
    public void A_chained_ADD_prints_the_result_before_it_unchanged()
    {
        using var node = PolicyNode.Start(Policy);
        var (network, attachment) = node.Node.Prepare(Spec("web"));
        using var _ = network;
        var previous = AddPtp(node.Node, attachment);


        var answer = PluginCall.Run(node.Node, "ADD", attachment, previous);


        Assert.Equal((0, ""), (answer.ExitCode, answer.Error));
        Assert.Equal(previous.ToJsonString(), JsonNode.Parse(answer.Output)!.ToJsonString());
        node.Node.Runtime.Delete(attachment);
    }

    /// <summary>The kernel tells of the end of a process when its last thread has ended, which may sleep on another processor.</summary>
    [Fact]
    public void The_plugin_has_no_thread_beside_the_one_that_answers()
    {
        using var plugin = Process.Start(new ProcessStartInfo(Product.Plugin)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["CNI_COMMAND"] = "VERSION" },
        })!;


        // Asleep: all that starts has started, and it reads.
        var isReading = SpinWait.SpinUntil(() => State(plugin) == 'S', TimeSpan.FromSeconds(30));
        var threads = Directory.GetDirectories($"/proc/{plugin.Id}/task").Length;
        plugin.StandardInput.Close();
        var answer = plugin.StandardOutput.ReadToEnd();
        plugin.WaitForExit();


        Assert.Equal((true, 1, 0), (isReading, threads, plugin.ExitCode));
        Assert.Contains("supportedVersions", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_ADD_changes_labels_and_keeps_the_container_under_policy()
    {
        using var node = PolicyNode.Start(Policy);
        var web = node.Add("web", ("app", "other"));
        var api = node.Add("api", ("app", "api"));
        using var servers = new Servers(api, tcp: [80]);


        var before = Probe.Tcp(web, api.Address4, 80);
        var again = PluginCall.Run(node.Node, "ADD", web.Attachment, web.Result, (_, config) =>
            config["runtimeConfig"]!["netpol"]!["labels"]!["app"] = "web");
        var after = Probe.Tcp(web, api.Address4, 80);


        Assert.Equal((Outcome.Silent, 0, Outcome.Answered), (before.Outcome, again.ExitCode, after.Outcome));
    }

    [Fact]
    public void CHECK_is_content_with_what_ADD_left_and_says_what_is_missing()
    {
        using var node = PolicyNode.Start(Policy);
        var web = node.Add("web", ("app", "web"));


        web.Check();
        node.Node.Network.SetLink(HostDevice(web), false);
        var down = PluginCall.Run(node.Node, "CHECK", web.Attachment, web.Result).Refusal();
        node.Node.Network.SetLink(HostDevice(web), true);
        PluginCall.Run(node.Node, "DEL", web.Attachment, null);
        var gone = PluginCall.Run(node.Node, "CHECK", web.Attachment, web.Result).Refusal();


        Assert.Equal((1, 103, $"the host-side device `{HostDevice(web)}` is down"), down);
        Assert.Equal((1, 103), (gone.ExitCode, gone.Code));
    }

    [Fact]
    public void DEL_succeeds_again_and_again_without_namespace_or_result()
    {
        using var node = PolicyNode.Start(Policy);
        var web = node.Add("web", ("app", "web"));


        var answers = Enumerable.Range(0, 3)
            .Select(_ => PluginCall.Run(node.Node, "DEL", web.Attachment, null, (variables, _) => variables["CNI_NETNS"] = ""))
            .ToArray();


        Assert.All(answers, answer => Assert.Equal((0, "", ""), (answer.ExitCode, answer.Output, answer.Error)));
        Assert.Empty(PluginCall.Leftovers(node.Node));
    }

    [Fact]
    public void DEL_succeeds_when_the_container_is_gone_with_its_devices()
    {
        using var node = PolicyNode.Start(Policy, CniNetwork.Alone);
        var web = node.Add("web", ("app", "web"));
        web.Network.Dispose();


        var answer = PluginCall.Run(node.Node, "DEL", web.Attachment, null);


        Assert.Equal((0, ""), (answer.ExitCode, answer.Output));
        Assert.Empty(PluginCall.Leftovers(node.Node));
    }

    [Fact]
    public void A_second_ADD_alone_is_refused_and_leaves_the_first_as_it_was()
    {
        using var node = PolicyNode.Start(Policy, CniNetwork.Alone);
        var web = node.Add("web", ("app", "web"));
        var api = node.Add("api", ("app", "api"));
        using var servers = new Servers(api, tcp: [80]);


        var refusal = PluginCall.Run(node.Node, "ADD", web.Attachment, null).Refusal();
        var seen = Probe.Tcp(web, api.Address6, 80);


        Assert.Equal((1, 102, $"container `{web.Attachment.ContainerId}` has an interface `eth0` already"), refusal);
        Assert.Equal(Outcome.Answered, seen.Outcome);
    }

    [Fact]
    public void GC_removes_what_is_not_listed_and_nothing_else()
    {
        using var node = PolicyNode.Start(Policy, CniNetwork.Alone);
        var kept = node.Add("kept", ("app", "web"));
        node.Add("stale", ("app", "api"));


        var answer = PluginCall.Run(node.Node, "GC", kept.Attachment, null, (_, config) =>
            config["cni.dev/valid-attachments"] = new JsonArray(new JsonObject
            {
                ["containerID"] = kept.Attachment.ContainerId,
                ["ifname"] = kept.Attachment.InterfaceName,
            }));


        Assert.Equal((0, ""), (answer.ExitCode, answer.Output));
        Assert.Single(node.Node.Network.Links(), link => link.StartsWith("np", StringComparison.Ordinal));
        kept.Check();
    }

    [Fact]
    public void STATUS_is_good_where_an_ADD_would_succeed_and_says_why_not_elsewhere()
    {
        using var node = PolicyNode.Start(Policy);
        var (network, attachment) = node.Node.Prepare(Spec("web"));
        using var _ = network;


        var good = PluginCall.Run(node.Node, "STATUS", attachment, null);
        var bad = PluginCall.Run(node.Node, "STATUS", attachment, null, (_, config) => config["bundle"] = "/nonexistent").Refusal();


        Assert.Equal((0, ""), (good.ExitCode, good.Output));
        Assert.Equal((1, 50, "no bundle in `/nonexistent`"), bad);
    }

    internal static ContainerSpec Spec(string app) => new(app, "shop", new Dictionary<string, string> { ["app"] = app });

    internal static string HostDevice(LabContainer container) =>
        container.Result["interfaces"]!.AsArray().First(entry => entry!["sandbox"] is null)!["name"]!.GetValue<string>();

    /// <summary>What the chain's first plugin alone makes of the container.</summary>
    internal static JsonNode AddPtp(LabNode node, CniAttachment attachment)
    {
        var ptp = node.Runtime.Network.Plugins[0];
        var answer = PluginProcess.Run(
            node.Network, node.Runtime.ProgramOf(ptp), node.Runtime.VariablesOf("ADD", attachment),
            node.Runtime.ConfigOf(ptp, attachment, null).ToJsonString());
        Assert.Equal(0, answer.ExitCode);
        return JsonNode.Parse(answer.Output)!;
    }

    private static char State(Process process)
    {
        // proc_pid_stat(5): the program's name stands in brackets before it and may hold blanks.
        var stat = File.ReadAllText($"/proc/{process.Id}/stat");
        return stat[stat.LastIndexOf(')') + 2];
    }
}
