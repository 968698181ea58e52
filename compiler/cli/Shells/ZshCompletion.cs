using System.Collections.Immutable;
using System.Text;

namespace Netpol.Cli.Shells;

/// <summary>Completion for zsh, by its own <c>_arguments</c>.</summary>
internal static class ZshCompletion
{
    public static string Script(CommandOutline program, ImmutableArray<CommandOutline> commands)
    {
        var text = new StringBuilder("#compdef netpol\n# zsh completion of netpol, made by `netpol completion zsh`\n_netpol() {\n    local -a commands\n    commands=(\n");
        foreach (var command in commands)
        {
            text.Append($"        '{Quoted(command.Name)}:{Quoted(command.Description)}'\n");
        }

        text.Append("    )\n    if (( CURRENT == 2 )); then\n        _describe -t commands 'command' commands\n");
        text.Append($"        _arguments {string.Join(' ', program.Options.SelectMany(Specifications))}\n        return\n    fi\n");
        text.Append("    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $command in\n");
        foreach (var command in commands)
        {
            var specifications = command.Options.SelectMany(Specifications).Concat(command.Arguments.Select(Specification));
            text.Append($"    {command.Name})\n        _arguments \\\n            {string.Join(" \\\n            ", specifications)}\n        ;;\n");
        }

        return text.Append("    esac\n}\nif [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n    _netpol \"$@\"\nelse\n    compdef _netpol netpol\nfi\n").ToString();
    }

    private static IEnumerable<string> Specifications(OptionOutline option) => option.Names.Select(name =>
        $"'{name}[{Quoted(option.Description, "[]")}]{(option.ValueName is null ? "" : $":{Quoted(option.ValueName)}:{Values(option.Values)}")}'");

    private static string Specification(ArgumentOutline argument) =>
        $"'{(argument.IsRepeated ? "*" : "")}:{Quoted(argument.Name)}:{Values(argument.Values)}'";

    private static string Values(ImmutableArray<string> values) => values.IsEmpty ? "_files" : $"({string.Join(' ', values)})";

    private static string Quoted(string text, string more = "")
    {
        var quoted = text.Replace("'", "'\\''", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal);
        return more.Aggregate(quoted, (current, c) => current.Replace($"{c}", $"\\{c}", StringComparison.Ordinal));
    }
}
