using System.Globalization;

namespace Netpol.Kubernetes.Writing;

/// <summary>Breaks the text of a comment into lines of a readable width.</summary>
internal static class CommentText
{
    private const int Width = 110;

    /// <summary>Text of others as it may stand in a comment: what ends a line or turns its direction is replaced.</summary>
    public static string Clean(string text) => string.Concat(text.Select(letter =>
        char.IsControl(letter) || char.GetUnicodeCategory(letter) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate ? '?' : letter));

    /// <summary>The second and later lines are indented by two, under a bullet's text.</summary>
    public static IEnumerable<string> Wrap(string text)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length + word.Length >= Width)
            {
                yield return line;
                line = " ";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }
}
