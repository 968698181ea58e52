using System.CommandLine;
using System.Globalization;
using Netpol.Loader;

namespace Netpol.Cli;

/// <summary><c>netpol load</c>: puts a bundle in charge of this node.</summary>
internal sealed class LoadCommand : NetpolCommand
{
    private const string NoCgroup = "none";

    private readonly Terminal _terminal;
    private readonly NodeArguments _node;
    private readonly Argument<string> _bundle = new("BUNDLE") { Description = "A folder that `netpol build` has written." };

    private readonly Option<string?> _cgroup = new("--cgroup")
    {
        Description = "A folder of a cgroup2: sockets below it reach services without translation by packet; `none`: no longer. What was said last holds.",
        HelpName = "DIR",
    };

    private readonly Option<string> _zone = new("--zone")
    {
        Description = "In which this node is, for services with `locality prefer zone`; it is kept.",
        HelpName = "NAME",
    };

    public LoadCommand(Terminal terminal)
        : base("load", "Put a bundle in charge of this node, whole or not at all.", "netpol load shop.bundle")
    {
        _terminal = terminal;
        Add(_bundle);
        Add(_cgroup);
        Add(_zone);
        CommandLine.RequireText(_zone);
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

        using var node = Node.Open(_node.Paths(arguments, _terminal), new NodeOptions(Zone: arguments.GetValue(_zone)));
        var cgroup = arguments.GetValue(_cgroup);
        if (cgroup == NoCgroup)
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
        return ExitCode.Good;
    }
}
