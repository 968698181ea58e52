using System.CommandLine;

namespace Netpol.Cli;

/// <summary>A command of the tree: it adds its arguments and sets its action in its constructor.</summary>
/// <param name="examples">Whole command lines that <c>--help</c> shows.</param>
internal abstract class NetpolCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;
}
