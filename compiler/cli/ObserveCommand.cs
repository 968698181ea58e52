using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Netpol.Observe;

namespace Netpol.Cli;

/// <summary><c>netpol observe</c>: drops, logged verdicts and sampled flows, each with its rule's place.</summary>
internal sealed class ObserveCommand : NetpolCommand
{
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(100);

    private readonly Terminal _terminal;
    private readonly NodeArguments _node;

    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on until interrupted." };

    private readonly Option<int?> _last = new("--last")
    {
        Description = "Of the events that wait, only the last so many.",
        HelpName = "COUNT",
    };

    public ObserveCommand(Terminal terminal)
        : base(
            "observe", "Show events: what was dropped, logged or sampled, and which rule decided.",
            "netpol observe", "netpol observe --follow -o json")
    {
        _terminal = terminal;
        Add(_follow);
        Add(_last);
        _node = new NodeArguments(this, hasOutput: true);
        _last.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, CultureInfo.InvariantCulture, out var count) || count < 0))
            {
                result.AddError("`--last` takes a count from 0");
            }
        });
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        var isJson = _node.IsJson(arguments);
        using var reader = EventReader.Open(_node.Paths(arguments, _terminal));
        var waiting = reader.Read();
        Show(arguments.GetValue(_last) is { } last ? waiting.TakeLast(last) : waiting, isJson);
        if (!arguments.GetValue(_follow))
        {
            return ExitCode.Good;
        }

        // Every event read was shown and flushed; an interrupt loses none that a reader after us could want.
        while (true)
        {
            reader.Wait(Breath);
            Show(reader.Read(), isJson);
        }
    }

    private void Show(IEnumerable<Observation> observations, bool isJson)
    {
        foreach (var observation in observations)
        {
            _terminal.Output.WriteLine(isJson
                ? JsonSerializer.Serialize(observation, ObservationJson.Default.Observation)
                : ObservationText.Of(observation));
        }

        _terminal.Output.Flush();
    }
}
