using System.Text;

namespace Netpol.Questions;

/// <summary>What somebody wrote, as a one-line message shows it: in backticks, short, and without control characters.</summary>
public static class Quoted
{
    private const int Longest = 80;

    public static string Of(string text)
    {
        var shown = new StringBuilder("`");
        foreach (var character in text.Length > Longest ? text.AsSpan(0, Longest) : text)
        {
            shown.Append(char.IsControl(character) || char.IsSurrogate(character) ? '\uFFFD' : character);
        }

        return shown.Append(text.Length > Longest ? "…`" : "`").ToString();
    }
}
