using System.Globalization;
using System.Text;

namespace Netpol.Bench.Live;

/// <summary>The measured text in one file, or its policies spread over many, and one rule of it changed after the other.</summary>
internal sealed class SourceText
{
    private const string Declarations = "declarations.netpol";

    private readonly string _folder;
    private readonly Dictionary<string, List<Line>> _files = new(StringComparer.Ordinal);

    private SourceText(string folder) => _folder = folder;

    /// <summary>Writes the text into a folder.</summary>
    internal static SourceText Write(string folder, string text, int files)
    {
        SourceText source = new(folder);
        List<List<string>> parts = [[]];
        var lines = text.Split('\n');
        for (var index = 0; index < lines.Length; index++)
        {
            // A policy's documentation belongs to it.
            if (lines[index].StartsWith("///", StringComparison.Ordinal) || (lines[index].StartsWith("service ", StringComparison.Ordinal)))
            {
                parts.Add([]);
            }

            parts[^1].Add(lines[index]);
        }

        // Which namespace is meant where none is named holds for one file.
        var common = lines.Single(line => line.StartsWith("default namespace", StringComparison.Ordinal));
        for (var part = 0; part < parts.Count; part++)
        {
            var isFirst = part < 2 || files == 1;
            var name = isFirst ? Declarations : string.Create(CultureInfo.InvariantCulture, $"policies{1 + (part % (files - 1)):000}.netpol");
            if (!source._files.TryGetValue(name, out var file))
            {
                source._files.Add(name, file = isFirst ? [] : [new Line(common)]);
            }

            file.AddRange(parts[part].Select(line => new Line(line)));
        }

        Directory.CreateDirectory(folder);
        foreach (var name in source._files.Keys)
        {
            File.WriteAllBytes(source.PathOf(name), source.Content(name));
        }

        return source;
    }

    internal int Files => _files.Count;

    internal string Folder => _folder;

    /// <summary>The line that is there now, wherever it will be.</summary>
    internal Line At(string file, int line) => _files[file][line - 1];

    /// <summary>Gives the line's rule another port, or lets a rule like it with that port stand before it.</summary>
    internal void Change(string file, Line line, int port, bool isNew)
    {
        var rule = line.Text.TrimStart();
        var end = rule.IndexOf(" on ", StringComparison.Ordinal) is var on and >= 0 ? on : rule.Length;
        var changed = string.Create(CultureInfo.InvariantCulture, $"        {rule[..end]} on {port}/tcp");
        if (isNew)
        {
            _files[file].Insert(_files[file].IndexOf(line), new Line(changed));
        }
        else
        {
            line.Text = changed;
        }
    }

    internal byte[] Content(string file) => Encoding.UTF8.GetBytes(string.Join('\n', _files[file].Select(line => line.Text)));

    internal string PathOf(string file) => Path.Combine(_folder, file);

    /// <summary>Moves with its text when others come before it.</summary>
    internal sealed class Line(string text)
    {
        internal string Text { get; set; } = text;
    }
}
