using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Netpol.Tests.Unit.Manual;

/// <summary>Random texts, derived from a <see cref="ManualGrammar"/>.</summary>
internal sealed class ManualTexts(ManualGrammar grammar, Random random)
{
    private const int Deepest = 9;

    private static readonly string[] Names = ["web", "a-b.c", "_x", "api2", "\"büro\"", "\"any\"", "\"app.kubernetes.io/name\"", "\"a \\\"quoted\\\" one\""];

    private static readonly string[] Texts = ["\"x\"", "\"a b\"", "\"\"", "\"/v1/**\"", "\"with \\\\ and \\\"\""];

    private static readonly string[] Prefixes = ["10.0.0.0/8", "10.1.2.3", "fd00::/8", "::1", "2001:db8::1:2/128"];

    private readonly StringBuilder _text = new();
    private bool _isGlued = true;
    private int _number;

    /// <summary>Parts of the grammar that some text took, each choice by the alternative.</summary>
    public HashSet<object> Taken { get; } = new(ReferenceEqualityComparer.Instance);

    public string Of(string production)
    {
        _text.Clear();
        (_isGlued, _number) = (true, 0);
        Derive(grammar[production], production, 0);
        return _text.ToString();
    }

    private void Derive(ManualGrammar.Expression expression, string production, int depth)
    {
        Taken.Add(expression);
        switch (expression)
        {
            case ManualGrammar.Expression.Word word:
                Write(word.Text, word.Text[0] == '/' || (production == "port" && word.Text == "-"), word.Text == "/" || (production == "port" && word.Text == "-"));
                break;
            case ManualGrammar.Expression.Named { Name: var name } when char.IsUpper(name[0]):
                Write(Terminal(name), false, false);
                break;
            case ManualGrammar.Expression.Named { Name: var name }:
                Derive(grammar[name], name, depth + 1);
                break;
            case ManualGrammar.Expression.Sequence sequence:
                foreach (var part in sequence.Parts)
                {
                    Derive(part, production, depth);
                }

                break;
            case ManualGrammar.Expression.Choice choice:
                Derive(depth > Deepest ? choice.Alternatives.MinBy(Depth) ?? choice : choice.Alternatives[random.Next(choice.Alternatives.Count)], production, depth);
                break;
            case ManualGrammar.Expression.Optional optional:
                if (depth <= Deepest && random.Next(2) == 0)
                {
                    Derive(optional.Inner, production, depth);
                }

                break;
            case ManualGrammar.Expression.Repeated repeated:
                Repeat(repeated, production, depth);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>So many productions below each other it takes at least.</summary>
    private int Depth(ManualGrammar.Expression expression) => Depth(expression, 0);

    private int Depth(ManualGrammar.Expression expression, int below) => below > 2 * Deepest ? below : expression switch
    {
        ManualGrammar.Expression.Named { Name: var name } when !char.IsUpper(name[0]) => 1 + Depth(grammar[name], below + 1),
        ManualGrammar.Expression.Sequence sequence => sequence.Parts.Select(part => Depth(part, below + 1)).DefaultIfEmpty().Max(),
        ManualGrammar.Expression.Choice choice => choice.Alternatives.Min(alternative => Depth(alternative, below + 1)),
        _ => 0,
    };

    private void Repeat(ManualGrammar.Expression.Repeated repeated, string production, int depth)
    {
        var count = depth > Deepest ? 0 : random.Next(repeated.IsBlock ? 4 : 3);
        for (var item = 0; item < count; item++)
        {
            if (repeated.IsBlock && item > 0)
            {
                Write(random.Next(2) == 0 ? "\n" : repeated.Inner is ManualGrammar.Expression.Sequence { Parts: [ManualGrammar.Expression.Named { Name: "label" }] } ? "," : ";", false, false);
            }

            Derive(repeated.Inner, production, depth + 1);
        }
    }

    private string Terminal(string name) => name switch
    {
        "NAME" => Names[random.Next(Names.Length)],
        "TEXT" => Texts[random.Next(Texts.Length)],
        "PFX" => Prefixes[random.Next(Prefixes.Length)],
        "ADDR" => random.Next(2) == 0 ? "10.96.0.1" : "fd00::1",
        // The second of a range is the higher one.
        "INT" => (++_number % 250).ToString(CultureInfo.InvariantCulture),
        "NUMBER" => random.Next(2) == 0 ? "10" : "2.5",
        "RATE" => random.Next(2) == 0 ? "100Mbit/s" : "1Gbit/s",
        "SIZE" => "1MiB",
        "TIME" => random.Next(2) == 0 ? "30s" : "3h",
        _ => throw new InvalidOperationException($"the manual's grammar has no `{name}`"),
    };

    private void Write(string word, bool gluesBefore, bool gluesBehind)
    {
        if (!_isGlued && !gluesBefore)
        {
            _text.Append(' ');
        }

        _text.Append(word);
        _isGlued = gluesBehind;
    }
}
