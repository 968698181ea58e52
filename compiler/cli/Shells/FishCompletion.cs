using System.Collections.Immutable;
using System.Text;

namespace Netpol.Cli.Shells;

/// <summary>Completion for fish: one line for each thing that can be written.</summary>
internal static class FishCompletion
{
    public static string Script(CommandOutline program, ImmutableArray<CommandOutline> commands)
    {
        var text = new StringBuilder("# fish completion of netpol, made by `netpol completion fish`\n");
        foreach (var command in commands)
        {
            text.Append($"complete -c netpol -n __fish_use_subcommand -f -a {command.Name} -d '{Quoted(command.Description)}'\n");
        }

        Options(text, "__fish_use_subcommand", program);
        foreach (var command in commands)
        {
            Options(text, $"'__fish_seen_subcommand_from {command.Name}'", command);
            foreach (var argument in command.Arguments.Where(argument => !argument.Values.IsEmpty))
            {
                text.Append($"complete -c netpol -n '__fish_seen_subcommand_from {command.Name}' -f -a '{string.Join(' ', argument.Values)}' -d '{Quoted(argument.Description)}'\n");
            }
        }

        return text.ToString();
    }

    private static void Options(StringBuilder text, string condition, CommandOutline command)
    {
        foreach (var option in command.Options)
        {
            var names = string.Concat(option.Names.Select(name => name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : $" -s {name[1..]}"));
            var value = option.ValueName is null ? "" : option.Values.IsEmpty ? " -r" : $" -x -a '{string.Join(' ', option.Values)}'";
            text.Append($"complete -c netpol -n {condition}{names}{value} -d '{Quoted(option.Description)}'\n");
        }
    }

    private static string Quoted(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);
}
