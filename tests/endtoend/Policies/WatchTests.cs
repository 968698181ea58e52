using System.Diagnostics;
using Netpol.Lab;
using Netpol.Lab.Traffic;
using Netpol.Tests.EndToEnd.Rig;

namespace Netpol.Tests.EndToEnd.Policies;

/// <summary>A node that follows the sources on its disk.</summary>
public sealed class WatchTests : IDisposable
{
    private const string Policy = """
        default namespace shop
        group web   = pods where app == "web"
        group batch = pods where app == "batch"
        group api   = pods where app == "api"
        policy api for api {
            ingress {
                allow from web on 8080/tcp
                allow from batch on 8080/tcp
            }
        }

        """;

    private const string Rule = "allow from web on 8080/tcp";

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    private readonly string _folder = Directory.CreateTempSubdirectory("netpol-watch-").FullName;
    private readonly PolicyNode _node = PolicyNode.Start(Policy);
    private readonly Process _watch;

    public WatchTests()
    {
        File.WriteAllText(Source, Policy);
        ProcessStartInfo start = new(Product.Cli, ["watch", _folder, "-o", _node.Bundle.Folder, "--pins", _node.Node.Pins, "--state", _node.Node.State])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _watch = _node.Node.Network.Run(() => Process.Start(start)!);
    }

    private string Source => Path.Combine(_folder, "shop.netpol");

    public void Dispose()
    {
        if (!_watch.HasExited)
        {
            _watch.Kill();
        }

        _watch.Dispose();
        _node.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_saved_rule_is_judged_by_and_a_mistake_changes_nothing()
    {
        var (web, batch, api) = (_node.Add("web", ("app", "web")), _node.Add("batch", ("app", "batch")), _node.Add("api", ("app", "api")));
        using var servers = new Servers(api, tcp: [8080, 9090]);
        var first = Line();
        using var kept = LabConnection.TryOpen(batch, api.Address4, 8080, Probe.DefaultTimeout)!;
        using var lost = LabConnection.TryOpen(web, api.Address4, 8080, Probe.DefaultTimeout)!;
        Assert.Equal(("api", "api"), (kept.Exchange("1", Probe.DefaultTimeout), lost.Exchange("1", Probe.DefaultTimeout)));

        // As an editor saves: beside it, then renamed.
        File.WriteAllText(Source + "~", Policy.Replace(Rule, "allow from web on 9090/tcp", StringComparison.Ordinal));
        File.Move(Source + "~", Source, overwrite: true);
        var changed = Line();
        var after = (Reaches(web, api, 8080), Reaches(web, api, 9090), Reaches(batch, api, 8080), kept.Exchange("2", Probe.DefaultTimeout), lost.Exchange("2", Short));

        // As a script does: over what is there.
        File.WriteAllText(Source, Policy + "}");
        var refused = Line();
        var afterMistake = (Reaches(web, api, 8080), Reaches(web, api, 9090));

        Assert.StartsWith("shop.netpol: 2 rules; live in ", first, StringComparison.Ordinal);
        Assert.StartsWith("shop.netpol: 1 rule came, 1 went; live in ", changed, StringComparison.Ordinal);
        Assert.Contains(" in place, 3 endpoints ", changed, StringComparison.Ordinal);
        Assert.Equal((false, true, true, "api", (string?)null), after);
        Assert.Equal("not loaded: 1 error, 0 warnings; what was in charge stays", refused);
        Assert.Equal((false, true), afterMistake);
    }

    [Fact]
    public void It_ends_when_asked_to_and_the_node_judges_on()
    {
        var (web, api) = (_node.Add("web", ("app", "web")), _node.Add("api", ("app", "api")));
        using var servers = new Servers(api, tcp: [8080]);
        Line();
        File.WriteAllText(Source, Policy.Replace(Rule, "deny from web", StringComparison.Ordinal));
        Line();

        using var kill = Process.Start("kill", ["-TERM", $"{_watch.Id}"]);
        var hasEnded = _watch.WaitForExit(TimeSpan.FromSeconds(10));

        Assert.True(hasEnded);
        Assert.Equal(0, _watch.ExitCode);
        Assert.False(Reaches(web, api, 8080));
        // The bundle's folder is what is in charge: loading it changes nothing.
        _node.Load(_node.Bundle.Folder);
        Assert.False(Reaches(web, api, 8080));
    }

    private static bool Reaches(LabContainer from, LabContainer to, int port) =>
        Probe.Tcp(from, to.Address4, port, Probe.DefaultTimeout).ToString() == $"answered by {to.Name}";

    private string Line()
    {
        var line = _watch.StandardOutput.ReadLineAsync();
        Assert.True(line.Wait(TimeSpan.FromSeconds(30)), "nothing was said");
        return line.Result ?? throw new InvalidOperationException($"it ended: {_watch.StandardError.ReadToEnd()}");
    }
}
