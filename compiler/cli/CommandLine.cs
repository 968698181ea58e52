using System.CommandLine;
using System.CommandLine.Parsing;
using Netpol.Questions;

namespace Netpol.Cli;

/// <summary>What the parser of command lines would let through and nobody means.</summary>
internal static class CommandLine
{
    /// <summary>
    /// Names of files are not empty, as a variable that is not set makes them, and no misspelt options: those are names only where
    /// there is such a file, or written <c>./--name</c>.
    /// </summary>
    public static void RequireFiles(Argument files) => files.Validators.Add(result =>
    {
        foreach (var token in result.Tokens)
        {
            Require(result, token.Value);
            if (token.Value is ['-', _, ..] && !Path.Exists(token.Value))
            {
                result.AddError($"there is no option {Quoted.Of(token.Value)}");
            }
        }
    });

    /// <summary>A value that is not empty.</summary>
    public static void RequireText(Option option) => option.Validators.Add(result =>
    {
        foreach (var token in result.Tokens)
        {
            Require(result, token.Value);
        }
    });

    private static void Require(SymbolResult result, string value)
    {
        if (value.Length == 0)
        {
            result.AddError("a name is empty");
        }
        else if (value.Contains('\0'))
        {
            result.AddError($"{Quoted.Of(value)} is no name");
        }
    }
}
