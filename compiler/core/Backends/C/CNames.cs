using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Backends.C;

/// <summary>Names of C for what the source names: unique, and readable in a verifier log.</summary>
internal sealed class CNames
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly ImmutableArray<string> _sets;
    private readonly ImmutableArray<string> _portNames;
    private readonly ImmutableArray<string> _services;
    private readonly ImmutableArray<string> _rules;

    public CNames(DecisionProgram program)
    {
        _sets = [.. program.Sets.Select(set => Unique(set.Name is null ? $"SET_{set.Id.Index}" : $"SET_{Upper(set.Name)}", set.Id.Index))];
        _portNames = [.. program.PortNames.Select((name, index) => Unique($"PORT_{Upper(name)}", index))];
        _services = [.. program.Services.Select(service => Unique($"SERVICE_{Upper(service.Service.Name)}", service.Id))];
        _rules = [.. program.Rules.Select(rule => Unique(
            string.Create(CultureInfo.InvariantCulture, $"RULE_{Upper(Stem(rule.Origin.File))}_{rule.Origin.Line}"), rule.Origin.Column))];
    }

    public string Set(SetId id) => _sets[id.Index];

    public string PortName(int index) => _portNames[index];

    public string Service(int id) => _services[id - 1];

    public string Rule(int id) => _rules[id - 1];

    /// <summary>Text that ends no comment and stays on one line.</summary>
    public static string InComment(string text) => text
        .Replace("*/", "* /", StringComparison.Ordinal)
        .Replace("/*", "/ *", StringComparison.Ordinal)
        .ReplaceLineEndings(" ");

    /// <summary>A string literal. Non-ASCII text is UTF-8, as clang expects it.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                < ' ' => "?",
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    private static string Stem(string path) =>
        path.EndsWith(".netpol", StringComparison.Ordinal) ? path[..^".netpol".Length] : path;

    private static string Upper(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));

    private string Unique(string wanted, int number)
    {
        var name = wanted;
        for (var n = number; !_taken.Add(name); n++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{wanted}_{n}");
        }

        return name;
    }
}
