using System.Diagnostics;
using Netpol.Lab.Traffic;
using Netpol.Tests.EndToEnd.Rig;
using Netpol.Tests.Support;

namespace Netpol.Tests.EndToEnd.Policies;

/// <summary>A bundle that the published program makes where no clang is, and what it does to packets.</summary>
public sealed class WithoutClangTests
{
    private const string Policy = """
        default namespace shop
        group web = pods where app == "web"
        policy api for pods where app == "api" {
            ingress {
                allow from web on 8080/tcp
                deny from web on 9090/tcp
            }
        }
        """;

    [Theory]
    [InlineData("auto")]
    [InlineData("code")]
    public void Its_bundle_judges_real_packets(string verdicts)
    {
        using TemporaryFolder folder = new();
        folder.File("shop.netpol", Policy);
        Run(folder.Path, "build", "shop.netpol", "-o", "bundle", "--backend", "bytecode", "--verdicts", verdicts);
        // The rig's own bundle lets nothing in, so that what is seen is the other's doing.
        using var node = PolicyNode.Start("policy nothing for any { ingress { } }");
        var (web, api) = (node.Add("web", ("app", "web")), node.Add("api", ("app", "api")));
        using var servers = new Servers(api, tcp: [8080, 9090, 7070]);
        var before = Probe.Tcp(web, api.Address4, 8080).Outcome;

        node.Load(folder.Of("bundle"));
        var (allowed, allowed6) = (Probe.Tcp(web, api.Address4, 8080).Outcome, Probe.Tcp(web, api.Address6, 8080).Outcome);
        var (denied, unnamed) = (Probe.Tcp(web, api.Address4, 9090).Outcome, Probe.Tcp(web, api.Address6, 7070).Outcome);

        Assert.Equal((Outcome.Silent, Outcome.Answered, Outcome.Answered), (before, allowed, allowed6));
        Assert.Equal((Outcome.Silent, Outcome.Silent), (denied, unnamed));
    }

    // With nothing on PATH: a clang that is there would hide that it is needed.
    private static void Run(string directory, params string[] arguments)
    {
        ProcessStartInfo start = new(Product.Cli, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardError = true,
            Environment = { ["PATH"] = "/nonexistent", ["NETPOL_CLANG"] = "/nonexistent" },
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
    }
}
