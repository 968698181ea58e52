using System.Diagnostics;
using Netpol.Lab;

namespace Netpol.Tests.EndToEnd.Rig;

/// <summary>A lab node under a policy: bundle, plugin and network together.</summary>
internal sealed class PolicyNode : IDisposable
{
    private PolicyNode(PolicyBundle bundle, LabNode node) => (Bundle, Node) = (bundle, node);

    public PolicyBundle Bundle { get; }

    public LabNode Node { get; }

    public static PolicyNode Start(string policy, LabChain? chain = null, string? hook = null)
    {
        var bundle = PolicyBundle.Build(policy);
        try
        {
            return new(bundle, LabNode.Create(new(Product.Plugin, bundle.Folder, chain, hook)));
        }
        catch
        {
            bundle.Dispose();
            throw;
        }
    }

    public LabContainer Add(string name, params (string Key, string Value)[] labels) => Node.AddContainer(name, "shop", labels);

    /// <summary>Puts another bundle in charge, by the published program.</summary>
    public void Load(string bundle)
    {
        ProcessStartInfo start = new(Product.Cli, ["load", bundle, "--pins", Node.Pins, "--state", Node.State])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Node.Network.Run(() => Process.Start(start)!);
        var error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
    }

    public void Dispose()
    {
        Node.Dispose();
        Bundle.Dispose();
    }
}
