using System.CommandLine;
using System.Runtime.InteropServices;
using Netpol.Loader;
using Netpol.Toolchain;

namespace Netpol.Cli;

/// <summary><c>netpol watch</c>: builds sources, puts them in charge of this node, and does so again whenever they change.</summary>
internal sealed class WatchCommand : NetpolCommand
{
    private readonly Terminal _terminal;
    private readonly NodeArguments _node;
    private readonly Argument<string[]> _files = SourceArguments.Files();
    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The bundle's folder; it always holds what is in charge, for who loads it again.",
        HelpName = "DIR",
        Required = true,
    };

    public WatchCommand(Terminal terminal)
        : base("watch", "Keep this node's policy in step with its sources while they are edited.", "netpol watch policies/ -o policies.bundle")
    {
        _terminal = terminal;
        Add(_files);
        Add(_output);
        CommandLine.RequireText(_output);
        _node = new NodeArguments(this, hasOutput: false);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        using var stop = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var files = arguments.GetRequiredValue(_files);
        var named = files.Select(_terminal.Resolve).Select(path => Directory.Exists(path) ? path : Path.GetDirectoryName(path) ?? "/").ToList();
        using var watch = new SourceWatch();
        watch.Follow(named);
        using var node = LiveNode.Open(_node.Paths(arguments, _terminal));
        using var live = new LiveSources(_terminal, new BuildSession(files, _terminal.WorkingDirectory), node, arguments.GetRequiredValue(_output));
        live.Start();
        if (!live.Update() && live.LacksFiles)
        {
            return ExitCode.Usage;
        }

        live.Rest();

        // Folders of imports that were not known before may have changed meanwhile.
        while (watch.Follow(named.Concat(live.Folders)) || watch.Wait(live.Start, stop.Token))
        {
            live.Update();
            live.Rest();
        }

        return ExitCode.Good;

        // What is in charge stays in charge.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
