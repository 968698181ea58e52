using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit.Sdk;

namespace Netpol.Tests.Support;

/// <summary>
/// Compares a text with the snapshot <c>Class.Method_parameters.verified.extension</c> beside the test. What differs is
/// left as <c>.received.</c>; with NETPOL_UPDATE_SNAPSHOTS=1 it becomes the snapshot.
/// </summary>
public static partial class Verifier
{
    private const string Switch = "NETPOL_UPDATE_SNAPSHOTS";

    /// <param name="parameters">What tells the cases of a theory apart; null where there is one.</param>
    public static void Verify(
        string text, string extension, string? parameters = null, [CallerFilePath] string testFile = "", [CallerMemberName] string method = "")
    {
        var name = $"{Path.GetFileNameWithoutExtension(testFile)}.{method}{(parameters is null ? "" : "_" + Unspeakable().Replace(parameters, "-"))}";
        VerifyFile(text, Path.Combine(Path.GetDirectoryName(testFile) ?? ".", name), extension);
    }

    /// <summary>The same for a snapshot with a place of its own: <c>STEM.verified.extension</c>.</summary>
    public static void VerifyFile(string text, string stem, string extension)
    {
        var (verified, received) = ($"{stem}.verified.{extension}", $"{stem}.received.{extension}");
        var expected = File.Exists(verified) ? File.ReadAllText(verified) : null;
        if (expected == text)
        {
            File.Delete(received);
        }
        else if (Environment.GetEnvironmentVariable(Switch) == "1")
        {
            File.WriteAllText(verified, text);
            File.Delete(received);
        }
        else
        {
            File.WriteAllText(received, text);
            throw new XunitException(expected is null
                ? $"there is no snapshot {verified}; look at {received} and run again with {Switch}=1 to take it"
                : $"{verified} differs from {received}; run again with {Switch}=1 to take it\n{FirstDifference(expected, text)}");
        }
    }

    private static string FirstDifference(string expected, string actual)
    {
        var (before, after) = (expected.Split('\n'), actual.Split('\n'));
        var line = before.Zip(after).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"first in line {line + 1}\n  expected: {before.ElementAtOrDefault(line)}\n  received: {after.ElementAtOrDefault(line)}";
    }

    [GeneratedRegex("[^A-Za-z0-9.=-]+")]
    private static partial Regex Unspeakable();
}
