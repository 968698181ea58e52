using System.Collections.Immutable;
using System.Text;

namespace Netpol.Cli.Shells;

/// <summary>A manual page in the macros of man(7), of section 1.</summary>
internal static class ManPage
{
    public static string NameOf(CommandOutline command) => command.Name == "netpol" ? "netpol.1" : $"netpol-{command.Name}.1";

    /// <param name="others">Pages that this one names below.</param>
    public static string Of(CommandOutline command, string version, IEnumerable<CommandOutline> others)
    {
        var isProgram = command.Name == "netpol";
        var name = isProgram ? "netpol" : $"netpol-{command.Name}";
        var text = new StringBuilder($".TH {name.ToUpperInvariant()} 1 \"\" \"netpol {version}\" \"Netpol\"\n")
            .Append($".SH NAME\n{Escaped(name)} \\- {Escaped(command.Description.TrimEnd('.'))}\n")
            .Append($".SH SYNOPSIS\n.B {(isProgram ? "netpol" : $"netpol {command.Name}")}\n");
        foreach (var argument in command.Arguments)
        {
            text.Append($".I {Escaped(argument.Synopsis)}\n");
        }

        text.Append(isProgram ? ".I COMMAND\n[\\fIOPTION\\fR...]\n" : "[\\fIOPTION\\fR...]\n");
        Commands(text, isProgram ? [.. others] : []);
        Described(text, "ARGUMENTS", command.Arguments.Select(argument => ($"\\fI{Escaped(argument.Name)}\\fR", Sentence(argument.Description, argument.Values))));
        Described(text, "OPTIONS", command.Options.Select(option => (
            string.Join(", ", option.Names.Select(written => $"\\fB{Escaped(written)}\\fR")) + (option.ValueName is null ? "" : $" \\fI{Escaped(option.ValueName)}\\fR"),
            Sentence(option.Description, option.Values))));
        text.Append($".SH EXAMPLES\n.nf\n{string.Join('\n', command.Examples.Select(Escaped))}\n.fi\n");
        return text.Append($".SH SEE ALSO\n{string.Join(" ,\n", others.Select(other => $".BR {Escaped(NameOf(other)[..^2])} (1)"))}\n").ToString();
    }

    private static void Commands(StringBuilder text, ImmutableArray<CommandOutline> commands) =>
        Described(text, "COMMANDS", commands.Select(command => ($"\\fB{Escaped(command.Name)}\\fR", Escaped(command.Description))));

    private static void Described(StringBuilder text, string heading, IEnumerable<(string Term, string Text)> items)
    {
        var isFirst = true;
        foreach (var (term, described) in items)
        {
            text.Append(isFirst ? $".SH {heading}\n" : "").Append($".TP\n{term}\n{described}\n");
            isFirst = false;
        }
    }

    private static string Sentence(string description, ImmutableArray<string> values)
    {
        var sentence = Escaped(description.TrimEnd('.') + ".");
        return values.IsEmpty ? sentence : $"{sentence} One of {string.Join(", ", values.Select(value => $"\\fB{Escaped(value)}\\fR"))}.";
    }

    // A dot or quote at the start of a line would be a macro; a bare `-` is set as a hyphen, which nobody can paste; troff reads ASCII.
    private static string Escaped(string text)
    {
        var escaped = string.Concat(text.EnumerateRunes().Select(rune => rune.Value switch
        {
            '\\' => "\\e",
            '-' => "\\-",
            > '~' => $"\\[u{rune.Value:X4}]",
            _ => rune.ToString(),
        }));
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? $"\\&{escaped}" : escaped;
    }
}
