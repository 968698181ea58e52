using System.Text.RegularExpressions;

namespace Netpol.Loader;

/// <summary>Finds in a verifier's log what an author needs: the sentence of refusal and the source line it came at.</summary>
/// <param name="Reason">The verifier's last sentence before its statistics.</param>
/// <param name="Text">The source line; empty where the log names none.</param>
/// <param name="Place"><c>file:line</c>; a <c>.netpol</c> file where one leads to the refusal.</param>
public sealed partial record VerifierLog(string Reason, string Text, string Place)
{
    public static VerifierLog Parse(string log)
    {
        var lines = log.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).ToArray();
        var reasonAt = Array.FindLastIndex(lines, line => !IsNoise(line));
        if (reasonAt < 0)
        {
            return new VerifierLog("no reason was given", "", "");
        }

        Match? nearest = null;
        for (var at = reasonAt; at >= 0; at--)
        {
            if (SourceLine().Match(lines[at]) is { Success: true } match)
            {
                nearest ??= match;
                if (match.Groups["file"].Value.EndsWith(".netpol", StringComparison.Ordinal))
                {
                    nearest = match;
                    break;
                }
            }
        }

        return nearest is null
            ? new VerifierLog(lines[reasonAt], "", "")
            : new VerifierLog(
                lines[reasonAt], nearest.Groups["text"].Value, $"{nearest.Groups["file"].Value}:{nearest.Groups["line"].Value}");
    }

    private static bool IsNoise(string line) =>
        line.StartsWith("processed ", StringComparison.Ordinal) ||
        line.StartsWith("verification time", StringComparison.Ordinal) ||
        line.StartsWith("stack depth", StringComparison.Ordinal) ||
        line.StartsWith(';') ||
        line.StartsWith("-- ", StringComparison.Ordinal);

    /// <summary><c>; text @ file:line</c>, as kernels since 6.10 write it.</summary>
    [GeneratedRegex(@"^; (?<text>.*) @ (?<file>[^ ]+):(?<line>\d+)$")]
    private static partial Regex SourceLine();
}
