using System.Text;

namespace Netpol.Generator;

/// <summary>C# being written, line by line.</summary>
internal sealed class CodeText
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public void Line(string text = "")
    {
        if (text.Length > 0)
        {
            _text.Append(' ', 4 * _depth).Append(text);
        }

        _text.Append('\n');
    }

    public void Open(string head)
    {
        Line(head);
        Line("{");
        _depth++;
    }

    public void Close(string tail = "}")
    {
        _depth--;
        Line(tail);
    }

    /// <summary>A documentation comment; the text may hold anything.</summary>
    public void Summary(string text) => Line($"/// <summary>{Escape(text)}</summary>");

    public override string ToString() => _text.ToString();

    /// <summary>As the text of an XML element, on one line.</summary>
    public static string Escape(string text) =>
        text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\r", " ").Replace("\n", " ");

    /// <summary>A C# string literal.</summary>
    public static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (var character in text)
        {
            quoted.Append(character is '"' or '\\' ? $"\\{character}" : char.IsControl(character) || character > '~' ? $"\\u{(int)character:x4}" : $"{character}");
        }

        return quoted.Append('"').ToString();
    }
}
