using System.Diagnostics;
using Netpol.Lab;
using Netpol.Lab.Cni;
using Netpol.Lab.Traffic;
using Netpol.Tests.EndToEnd.Rig;

namespace Netpol.Tests.EndToEnd.Lifecycle;

/// <summary>What goes wrong leaves a container shut, one clear error, and nothing behind.</summary>
public sealed class FailureTests
{
    private const string Policy = """
        default namespace shop
        group web = pods where app == "web"
        policy api for pods where app == "api" { ingress { allow from web on 80/tcp } }
        """;

    [Fact]
    public void Without_a_bpffs_ADD_says_how_to_mount_one_and_shuts_the_device()
    {
        using var node = PolicyNode.Start(Policy);
        var (network, attachment) = node.Node.Prepare(CommandTests.Spec("web"));
        using var _ = network;
        var previous = CommandTests.AddPtp(node.Node, attachment);


        var refusal = PluginCall.Run(node.Node, "ADD", attachment, previous, (_, config) =>
        {
            config["pins"] = Path.Combine(node.Node.Folder, "no-bpffs");
            config["state"] = Path.Combine(node.Node.Folder, "no-state");
        }).Refusal();


        Assert.Equal((1, 104), (refusal.ExitCode, refusal.Code));
        Assert.Contains("mount", refusal.Message, StringComparison.Ordinal);
        Assert.False(node.Node.Network.IsLinkUp(previous["interfaces"]![0]!["name"]!.GetValue<string>()));
        node.Node.Runtime.Delete(attachment);
    }

    [Fact]
    public void A_bundle_that_is_not_there_is_named_and_an_ADD_alone_undoes_everything()
    {
        using var node = PolicyNode.Start(Policy, CniNetwork.Alone);
        var (network, attachment) = node.Node.Prepare(CommandTests.Spec("web"));
        using var _ = network;


        var refusal = PluginCall.Run(node.Node, "ADD", attachment, null, (_, config) => config["bundle"] = "/nonexistent/b").Refusal();


        Assert.Equal((1, 104), (refusal.ExitCode, refusal.Code));
        Assert.Contains("/nonexistent/b", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(network.Links());
        Assert.Empty(PluginCall.Leftovers(node.Node));
        Assert.Empty(Directory.GetFiles(Path.Combine(node.Node.Folder, "ipam", "lab"), "10.*"));
    }

    [Theory]
    [InlineData("{\"cniVersion\":", 6)]
    [InlineData("""{"cniVersion":"1.0.0","name":"lab","type":"netpol","bundel":"/b"}""", 2)]
    [InlineData("""{"cniVersion":"1.0.0","name":"lab","type":"netpol"}""", 7)]
    public void The_published_program_answers_bad_input_with_one_error_object(string input, int code)
    {
        using var node = PolicyNode.Start(Policy);
        var (network, attachment) = node.Node.Prepare(CommandTests.Spec("web"));
        using var _ = network;


        var answer = PluginProcess.Run(node.Node.Network, Product.Plugin, node.Node.Runtime.VariablesOf("ADD", attachment), input);


        Assert.Equal((1, code), (answer.Refusal().ExitCode, answer.Refusal().Code));
        Assert.Equal("", answer.Error);
    }

    [Theory]
    [InlineData(true, "auto")]
    [InlineData(true, "tcx")]
    [InlineData(true, "clsact")]
    [InlineData(false, "auto")]
    [InlineData(false, "tcx")]
    [InlineData(false, "clsact")]
    public void Killed_at_any_instant_of_an_ADD_a_DEL_cleans_up_and_the_next_ADD_works(bool isChained, string hook)
    {
        using var node = PolicyNode.Start(Policy, isChained ? CniNetwork.AfterPtp : CniNetwork.Alone, hook);
        var api = node.Add("api", ("app", "api"));
        using var servers = new Servers(api, tcp: [80]);
        var whole = TimeAnAdd(node.Node);


        var kills = Enumerable.Range(1, 24).Select(step => KillAndDelete(node.Node, whole * step / 20)).ToArray();
        var web = node.Add("web", ("app", "web"));
        var stranger = node.Add("stranger", ("app", "stranger"));


        Assert.All(kills, exitCode => Assert.Equal(0, exitCode));
        Assert.Equal(Outcome.Answered, Probe.Tcp(web, api.Address4, 80).Outcome);
        Assert.Equal(Outcome.Silent, Probe.Tcp(stranger, api.Address6, 80).Outcome);
        node.Node.Remove(web);
        node.Node.Remove(stranger);
        node.Node.Remove(api);
        Assert.Empty(PluginCall.Leftovers(node.Node));
    }

    private static TimeSpan TimeAnAdd(LabNode node)
    {
        using var container = node.AddContainer(CommandTests.Spec("warm"));
        PluginCall.Run(node, "DEL", container.Attachment, container.Result);
        var previous = node.Runtime.Network.Plugins.Count > 1 ? container.Result : null;
        var clock = Stopwatch.StartNew();
        PluginCall.Run(node, "ADD", container.Attachment, previous);
        return clock.Elapsed;
    }

    // The exit code of the DEL.
    private static int KillAndDelete(LabNode node, TimeSpan after)
    {
        var (network, attachment) = node.Prepare(CommandTests.Spec("web"));
        using var _ = network;
        var previous = node.Runtime.Network.Plugins.Count > 1 ? CommandTests.AddPtp(node, attachment) : null;
        PluginCall.Run(node, "ADD", attachment, previous, killAfter: after);
        var answer = PluginCall.Run(node, "DEL", attachment, previous);
        if (previous is not null)
        {
            node.Runtime.Delete(attachment);
        }

        string[] leftovers = [.. PluginCall.Leftovers(node).Where(left => left.Contains(attachment.ContainerId, StringComparison.Ordinal))];
        Assert.Equal([], leftovers);
        return answer.ExitCode;
    }
}
