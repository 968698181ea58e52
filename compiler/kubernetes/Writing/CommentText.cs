namespace Netpol.Kubernetes.Writing;

/// <summary>Breaks the text of a comment into lines of a readable width.</summary>
internal static class CommentText
{
    private const int Width = 110;

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
