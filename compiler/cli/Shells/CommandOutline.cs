using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Completions;

namespace Netpol.Cli.Shells;

/// <summary>A command as its definition says it, for manuals and shells: they say what the parser takes because they are made of it.</summary>
/// <param name="Options">Its own and those that every command has.</param>
internal sealed record CommandOutline(
    string Name, string Description, ImmutableArray<OptionOutline> Options, ImmutableArray<ArgumentOutline> Arguments, ImmutableArray<string> Examples)
{
    /// <summary>The program itself and its commands, in the order of the help page.</summary>
    public static (CommandOutline Program, ImmutableArray<CommandOutline> Commands) Of(RootCommand root)
    {
        var shared = root.Options.Where(option => option.Recursive).ToImmutableArray();
        return (Of(root, []), [.. root.Subcommands.Where(command => !command.Hidden).Select(command => Of(command, shared))]);
    }

    private static CommandOutline Of(Command command, ImmutableArray<Option> shared) => new(
        command is RootCommand ? "netpol" : command.Name,
        command.Description ?? "",
        [.. command.Options.Concat(shared).Where(option => !option.Hidden).Select(OptionOutline.Of)],
        [.. command.Arguments.Where(argument => !argument.Hidden).Select(ArgumentOutline.Of)],
        command is NetpolCommand { Examples: var examples } ? [.. examples] : [.. HelpWithExamples.OfProgram]);
}

/// <param name="Names">The long one first, with their dashes.</param>
/// <param name="ValueName">Of the value that follows; null: none does.</param>
/// <param name="Values">All that there are; empty: any.</param>
internal sealed record OptionOutline(ImmutableArray<string> Names, string Description, string? ValueName, ImmutableArray<string> Values)
{
    public static OptionOutline Of(Option option) => new(
        [option.Name, .. option.Aliases.Where(alias => alias.StartsWith('-') && alias != "-?").Order(StringComparer.Ordinal)],
        option.Description ?? "",
        option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0 ? null : option.HelpName ?? option.Name.TrimStart('-').ToUpperInvariant(),
        option.ValueType == typeof(bool) ? [] : [.. option.GetCompletions(CompletionContext.Empty).Select(item => item.Label)]);
}

/// <param name="Values">All that there are; empty: the name of a file.</param>
internal sealed record ArgumentOutline(string Name, string Description, bool IsOptional, bool IsRepeated, ImmutableArray<string> Values)
{
    public string Synopsis => (IsOptional, IsRepeated) switch
    {
        (true, _) => $"[{Name}]",
        (_, true) => $"{Name}...",
        _ => Name,
    };

    public static ArgumentOutline Of(Argument argument) => new(
        argument.Name, argument.Description ?? "", argument.Arity.MinimumNumberOfValues == 0, argument.Arity.MaximumNumberOfValues > 1,
        [.. argument.GetCompletions(CompletionContext.Empty).Select(item => item.Label)]);
}
