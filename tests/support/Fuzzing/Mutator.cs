using System.Text;

namespace Netpol.Tests.Support.Fuzzing;

/// <summary>Makes texts out of texts: letters and lines changed, doubled, moved and taken out, words of the dictionary put in.</summary>
public sealed class Mutator(int seed, IReadOnlyList<string> dictionary)
{
    private const int LongestText = 20_000;
    private const string Letters = "{}()[]:;,|&-=<>\"'\\/*#!%@?.~`\n\r\t \0\uFEFF\u202E\uD800é😀09azAZ_";

    private readonly Random _random = new(seed);

    /// <param name="texts">At least one.</param>
    public string Next(IReadOnlyList<string> texts)
    {
        var text = new StringBuilder(texts[_random.Next(texts.Count)]);
        for (var edits = 1 << _random.Next(5); edits > 0; edits--)
        {
            Edit(text, texts);
        }

        return text.Length > LongestText ? text.ToString(0, LongestText) : text.ToString();
    }

    private void Edit(StringBuilder text, IReadOnlyList<string> texts)
    {
        var at = _random.Next(text.Length + 1);
        var length = Math.Min(1 << _random.Next(8), text.Length - at);
        switch (_random.Next(9))
        {
            case 0:
                text.Remove(at, length);
                break;
            case 1:
                text.Insert(at, Letters[_random.Next(Letters.Length)]);
                break;
            case 2 when at < text.Length:
                text[at] = Letters[_random.Next(Letters.Length)];
                break;
            case 3:
                text.Insert(at, text.ToString(at, length));
                break;
            case 4:
                text.Insert(_random.Next(text.Length + 1), text.ToString(at, length));
                break;
            case 5:
                text.Insert(at, $" {dictionary[_random.Next(dictionary.Count)]} ");
                break;
            case 6:
                var other = texts[_random.Next(texts.Count)];
                var start = _random.Next(other.Length + 1);
                text.Insert(at, other.AsSpan(start, Math.Min(1 << _random.Next(9), other.Length - start)));
                break;
            case 7:
                text.Insert(at, new string(Letters[_random.Next(Letters.Length)], 1 << _random.Next(10)));
                break;
            default:
                Line(text, at);
                break;
        }
    }

    /// <summary>A line taken out, or put elsewhere.</summary>
    private void Line(StringBuilder text, int at)
    {
        var lines = text.ToString().Split('\n').ToList();
        var index = _random.Next(lines.Count);
        var line = lines[index];
        lines.RemoveAt(index);
        if (_random.Next(2) == 0)
        {
            lines.Insert(Math.Min(at, lines.Count), line);
        }

        text.Clear().AppendJoin('\n', lines);
    }
}
