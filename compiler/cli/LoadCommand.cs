using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Netpol.Loader;

namespace Netpol.Cli;

/// <summary><c>netpol load</c>: puts a bundle in charge of this node.</summary>
internal sealed class LoadCommand : NetpolCommand
{
    private const string None = "none";

    private readonly Terminal _terminal;
    private readonly NodeArguments _node;
    private readonly Argument<string> _bundle = new("BUNDLE") { Description = "A folder that `netpol build` has written." };

    private readonly Option<string?> _cgroup = new("--cgroup")
    {
        Description = "A folder of a cgroup2: sockets below it reach services without translation by packet; `none`: no longer. What was said last holds.",
        HelpName = "DIR",
    };

    private readonly Option<string[]> _uplinks = new("--uplink")
    {
        Description = "A device of the node that leads to other nodes or outside: what comes by it goes straight to containers, and reaches services. One for each; `none`: no longer any. What was said last holds.",
        HelpName = "DEV",
    };

    private readonly Option<string?> _xdp = new("--xdp")
    {
        Description = "Uplinks send packets of load balancing to backends on other nodes, and their answers, on before the host's stack: `native` in the driver, `generic` behind it, " +
            "`auto` as the device can, `none`: no longer. What was said last holds.",
        HelpName = "auto|native|generic|none",
    };

    private readonly Option<string> _zone = new("--zone")
    {
        Description = "In which this node is, for services with `locality prefer zone`; it is kept.",
        HelpName = "NAME",
    };

    private readonly Option<string[]> _straight = new("--straight")
    {
        Description = "Packets of containers to there leave for other nodes past the host's stack and its netfilter. `pods`: what `cluster { pods … }` " +
            "declares; `none`: nothing, as at first. Repeatable; what was said last holds.",
        HelpName = "pods|PREFIX|none",
    };

    private readonly Option<string[]> _viaStack = new("--via-stack")
    {
        Description = "Prefixes that go by the host's stack whatever --straight says; `none`: no exceptions. Repeatable; what was said last holds.",
        HelpName = "PREFIX|none",
    };

    public LoadCommand(Terminal terminal)
        : base("load", "Put a bundle in charge of this node, whole or not at all.", "netpol load shop.bundle")
    {
        _terminal = terminal;
        Add(_bundle);
        Add(_cgroup);
        Add(_uplinks);
        Add(_xdp);
        _xdp.AcceptOnlyFromAmong([.. Enum.GetNames<XdpMode>().Select(name => name.ToLowerInvariant())]);
        Add(_zone);
        CommandLine.RequireText(_zone);
        Add(_straight);
        CommandLine.RequireText(_straight);
        Add(_viaStack);
        CommandLine.RequireText(_viaStack);
        _node = new NodeArguments(this, hasOutput: false);
        CommandLine.RequireFiles(_bundle);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        var bundle = arguments.GetRequiredValue(_bundle);
        var path = _terminal.Resolve(bundle);
        if (!Directory.Exists(path))
        {
            // Before the node's folders are made: a slip of the hand leaves nothing behind.
            throw CommandException.Usage($"`{bundle}` is no bundle: there is no such folder; make one with `netpol build`");
        }

        NodeOptions options = new(Zone: arguments.GetValue(_zone), Uplinks: AllButNone(arguments.GetValue(_uplinks)))
        {
            Straight = AllButNone(arguments.GetValue(_straight)),
            ViaStack = AllButNone(arguments.GetValue(_viaStack)),
            Xdp = arguments.GetValue(_xdp) is { } mode ? Enum.Parse<XdpMode>(mode, ignoreCase: true) : null,
        };
        using var node = Node.Open(_node.Paths(arguments, _terminal), options);
        var cgroup = arguments.GetValue(_cgroup);
        if (cgroup == None)
        {
            node.DetachSockets();
        }
        else if (cgroup is not null)
        {
            node.AttachSockets(_terminal.Resolve(cgroup));
        }

        var result = node.Apply(path);
        _terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"generation {result.Generation} {(result.Changed ? "is in charge" : "was in charge already")}, " +
            $"{DiagnosticOutput.Counted(result.Endpoints, "endpoint")} (digest {result.Digest[..12]})"));
        CapacityOutput.Write(_terminal, node.Capacity());
        foreach (var refusal in node.Refusals)
        {
            _terminal.Error.WriteLine($"warning: {refusal}");
        }

        return ExitCode.Good;
    }

    /// <summary>Null: nothing was said.</summary>
    private static ImmutableArray<string>? AllButNone(string[]? said) => said is null or [] ? null
        : said is [None] ? []
        : said.Contains(None) ? throw CommandException.Usage($"`{None}` stands alone, or it says nothing")
        : [.. said];
}
