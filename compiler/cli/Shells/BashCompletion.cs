using System.Collections.Immutable;
using System.Text;

namespace Netpol.Cli.Shells;

/// <summary>Completion for bash: a function of the shell's own, so that no program is started at a key stroke.</summary>
internal static class BashCompletion
{
    public static string Script(CommandOutline program, ImmutableArray<CommandOutline> commands)
    {
        var text = new StringBuilder("""
            # bash completion of netpol, made by `netpol completion bash`
            _netpol() {
                local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD - 1]}" command="" words="" index
                for ((index = 1; index < COMP_CWORD; index++)); do
                    if [[ ${COMP_WORDS[index]} != -* ]]; then
                        command="${COMP_WORDS[index]}"
                        break
                    fi
                done
                COMPREPLY=()
                case "$command $before" in

            """);
        foreach (var command in commands)
        {
            foreach (var option in command.Options.Where(option => option.ValueName is not null))
            {
                var words = option.Values.IsEmpty ? "" : $"mapfile -t COMPREPLY < <(compgen -W \"{string.Join(' ', option.Values)}\" -- \"$word\"); ";
                text.Append($"    {string.Join(" | ", option.Names.Select(name => $"\"{command.Name} {name}\""))}) {words}return ;;\n");
            }
        }

        text.Append("    esac\n    case \"$command\" in\n");
        text.Append($"    \"\") words=\"{string.Join(' ', commands.Select(command => command.Name).Concat(Names(program)))}\" ;;\n");
        foreach (var command in commands)
        {
            var values = command.Arguments.SelectMany(argument => argument.Values);
            text.Append($"    {command.Name}) words=\"{string.Join(' ', values.Concat(Names(command)))}\" ;;\n");
        }

        return text.Append("""
                esac
                # What begins with no dash is a file's name, unless a word fits.
                if [[ -n $command && $word != -* ]]; then
                    words=" $words"
                    words="${words%%" -"*}"
                fi
                mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
            }
            complete -o default -F _netpol netpol

            """).ToString();
    }

    private static IEnumerable<string> Names(CommandOutline command) => command.Options.SelectMany(option => option.Names);
}
