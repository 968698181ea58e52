using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Netpol.Kubernetes.Yaml;

namespace Netpol.Kubernetes.Export;

/// <summary>Block YAML as people write it: two blanks an indentation, quotes where another reading is possible.</summary>
internal sealed partial class YamlText
{
    private readonly StringBuilder _text = new();
    private int _indentation;
    private bool _isItem;

    public override string ToString() => _text.ToString();

    public void Document()
    {
        if (_text.Length > 0)
        {
            _text.Append("---\n");
        }
    }

    private void Comment(string text) => _text.Append(' ', _indentation).Append($"# {text}".TrimEnd()).Append('\n');

    public void Field(string key, string value) => Line($"{Quoted(key)}: {Quoted(value)}");

    public void Field(string key, int value) => Line($"{Quoted(key)}: {value}");

    public void Field(string key, bool isTrue) => Line($"{Quoted(key)}: {(isTrue ? "true" : "false")}");

    /// <summary>A mapping, or <c>{}</c> where it stays empty.</summary>
    public void Mapping(string key, bool isEmpty, Action write)
    {
        if (isEmpty)
        {
            Line($"{Quoted(key)}: {{}}");
            return;
        }

        Line($"{Quoted(key)}:");
        Inside(write);
    }

    public void Mapping(string key, Action write) => Mapping(key, isEmpty: false, write);

    /// <summary>A list of mappings, one beside a dash each; <c>[]</c> where there are none.</summary>
    /// <param name="comment">Lines of words above an item; null for none.</param>
    public void List<T>(string key, IReadOnlyCollection<T> items, Action<T> write, Func<T, string?>? comment = null)
    {
        if (items.Count == 0)
        {
            Line($"{Quoted(key)}: []");
            return;
        }

        Line($"{Quoted(key)}:");
        foreach (var item in items)
        {
            foreach (var line in comment?.Invoke(item)?.Split('\n') ?? [])
            {
                Comment(line);
            }

            Item(() => write(item));
        }
    }

    public void Texts(string key, IEnumerable<string> texts)
    {
        Line($"{Quoted(key)}:");
        foreach (var text in texts)
        {
            Line($"- {Quoted(text)}");
        }
    }

    /// <summary>An item that is an empty mapping, which no block can show.</summary>
    public void EmptyItem() => Line("{}");

    private void Item(Action write)
    {
        _isItem = true;
        Inside(write);
    }

    private void Inside(Action write)
    {
        _indentation += 2;
        write();
        _indentation -= 2;
    }

    private void Line(string text)
    {
        _text.Append(' ', _isItem ? _indentation - 2 : _indentation).Append(_isItem ? "- " : "").Append(text).Append('\n');
        _isItem = false;
    }

    private static string Quoted(string text) =>
        Plain().IsMatch(text) && !YamlScalars.IsBoolean(text) && !YamlScalars.IsNumber(text) && text is not ("null" or "Null" or "NULL")
            ? text
            : $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";

    /// <summary>Nothing that YAML takes for more than letters, and IPv4 addresses and prefixes.</summary>
    [GeneratedRegex(@"\A([A-Za-z_/]([A-Za-z0-9_/. -]*[A-Za-z0-9_/-])?|[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+(/[0-9]+)?)\z")]
    private static partial Regex Plain();
}
