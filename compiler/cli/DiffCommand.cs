using System.CommandLine;
using Netpol.Semantics.Analysis;

namespace Netpol.Cli;

/// <summary><c>netpol diff</c>: every connection of which two sets of sources make something else, by region, with an example of each.</summary>
internal sealed class DiffCommand : NetpolCommand
{
    private const string Widened = "widened";
    private const string Narrowed = "narrowed";
    private const string Any = "any";

    private readonly Terminal _terminal;

    private readonly Argument<string> _old = new("OLD") { Description = "A .netpol file, or a folder of them: what was" };

    private readonly Argument<string> _new = new("NEW") { Description = "The same: what is to be" };

    private readonly Option<bool> _json = new("--json") { Description = "One JSON object" };

    private readonly Option<string?> _failOn = new("--fail-on")
    {
        Description = "Exit with 1 if something is widened, narrowed, or changed in any way",
    };

    public DiffCommand(Terminal terminal)
        : base(
            "diff",
            "Say exactly which connections another verdict is taken of, and by which rules.",
            "netpol diff shop.netpol shop-new.netpol",
            "netpol diff main/policies policies --json --fail-on widened")
    {
        _terminal = terminal;
        _failOn.AcceptOnlyFromAmong(Widened, Narrowed, Any);
        Add(_old);
        Add(_new);
        Add(_json);
        Add(_failOn);
        CommandLine.RequireFiles(_old);
        CommandLine.RequireFiles(_new);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        var (was, becomes) = (arguments.GetRequiredValue(_old), arguments.GetRequiredValue(_new));
        var old = SourceArguments.Load(_terminal, [was], out var oldCode);
        var @new = SourceArguments.Load(_terminal, [becomes], out var newCode);
        if (old is null || @new is null)
        {
            return Math.Max(oldCode, newCode);
        }

        ModelDifference difference;
        try
        {
            difference = ModelComparison.Compare(old.Model, @new.Model);
        }
        catch (AnalysisTooLargeException)
        {
            throw new CommandException(ExitCode.Environment, "the two differ in too much to be compared: compare smaller steps");
        }

        _terminal.Output.Write(arguments.GetValue(_json)
            ? JsonOutput.Indented(DiffJson.Document(was, becomes, difference)) + "\n"
            : DiffText.Of(difference));
        return Fails(difference, arguments.GetValue(_failOn)) ? ExitCode.Findings : ExitCode.Good;
    }

    private static bool Fails(ModelDifference difference, string? failOn) => failOn switch
    {
        null => false,
        Any => !difference.IsEmpty,
        Widened => difference.Regions.Any(region => region.Change == ChangeKind.Widened) || difference.Families.Any(family => family.IsJudged),
        _ => difference.Regions.Any(region => region.Change == ChangeKind.Narrowed) || difference.Families.Any(family => family.WasJudged),
    };
}
