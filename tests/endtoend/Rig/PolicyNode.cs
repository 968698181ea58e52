using System.Diagnostics;
using Netpol.Lab;

namespace Netpol.Tests.EndToEnd.Rig;

/// <summary>A lab node under a policy: bundle, plugin and network together.</summary>
internal sealed class PolicyNode : IDisposable
{
    private readonly bool _ownsBundle;

    private PolicyNode(PolicyBundle bundle, LabNode node, bool ownsBundle) => (Bundle, Node, _ownsBundle) = (bundle, node, ownsBundle);

    public PolicyBundle Bundle { get; }

    public LabNode Node { get; }

    public static PolicyNode Start(string policy, LabChain? chain = null, string? hook = null)
    {
        var bundle = PolicyBundle.Build(policy);
        try
        {
            return new(bundle, LabNode.Create(new(Product.Plugin, bundle.Folder, chain, hook)), ownsBundle: true);
        }
        catch
        {
            bundle.Dispose();
            throw;
        }
    }

    /// <summary>A node under a bundle that outlives it.</summary>
    public static PolicyNode Under(PolicyBundle bundle, bool hasCgroup = false) =>
        new(bundle, LabNode.Create(new(Product.Plugin, bundle.Folder) { HasCgroup = hasCgroup }), ownsBundle: false);

    public LabContainer Add(string name, params (string Key, string Value)[] labels) => Node.AddContainer(name, "shop", labels);

    /// <summary>Puts another bundle in charge, by the published program.</summary>
    public void Load(string bundle, params string[] options) => Run(["load", bundle, .. options]);

    /// <summary>What the published program says of this node.</summary>
    public string Run(params string[] arguments)
    {
        ProcessStartInfo start = new(Product.Cli, [.. arguments, "--pins", Node.Pins, "--state", Node.State])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Node.Network.Run(() => Process.Start(start)!);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
        return output;
    }

    public void Dispose()
    {
        Node.Dispose();
        if (_ownsBundle)
        {
            Bundle.Dispose();
        }
    }
}
